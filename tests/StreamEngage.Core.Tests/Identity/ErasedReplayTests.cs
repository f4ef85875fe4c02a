using System.Buffers;
using System.Text;
using StreamEngage.Core.Tests.Agreement;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>
/// Random users who are all erased. Then all they ever did comes again, in any order and some of it twice: it says nothing. What comes after that is decided
/// as of users whom nobody has ever met.
/// </summary>
public sealed class ErasedReplayTests
{
    private const int Cases = 600;

    // What came of all users' prompts, and where users stand among all, is not one user's: it outlives an erasure.
    private const CaseFeatures Features = CaseFeatures.Settled & ~CaseFeatures.Outcomes & ~CaseFeatures.Lifecycle & ~CaseFeatures.Harm;

    // Somebody whose events move the clock.
    private const string Other = "bystander";

    private static readonly EventTime _ever = new(Limits.EventTimeMax);

    [Fact]
    public void WhatComesAgain_SaysNothing_AndWhatComesLater_IsOfSomebodyNew()
    {
        var (ignored, merged, later, before) = (0L, 0, 0, 0);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var story = Story.Of(seed);
            var (again, once, fresh) = (new Told(story, seed), new Told(story, seed), new Told(story, seed));
            foreach (var told in (Told[])[again, once])
            {
                told.Offer(story.Before);
                told.Offer(story.Erasures);
            }
            fresh.Offer([story.Erasures[^1]]);
            var (known, applied) = (again.Records(story.Users), again.Sum(counters => counters.Applied));
            again.Offer(story.Replay);
            Assert.True(known.SequenceEqual(again.Records(story.Users)), $"seed {seed}: something is remembered\n{story.Found}");
            Assert.True(applied == again.Sum(counters => counters.Applied), $"seed {seed}: something is counted\n{story.Found}");
            foreach (var told in (Told[])[again, once, fresh]) told.Offer(story.Later);
            var (all, without, expected) = (again.Lines(long.MinValue), once.Lines(long.MinValue), fresh.Lines(story.From));
            Assert.True(all.SequenceEqual(without), $"seed {seed}: the replay decides {Difference(without, all)}\n{story.Found}");
            Assert.True(expected.SequenceEqual(again.Lines(story.From)), $"seed {seed}: later {Difference(expected, again.Lines(story.From))}\n{story.Found}");
            ignored += again.Sum(counters => counters.ErasedIgnored) - once.Sum(counters => counters.ErasedIgnored);
            merged += again.Sum(counters => counters.Merged) > 0 ? 1 : 0;
            (later, before) = (later + expected.Count, before + all.Count - expected.Count);
        }
        Assert.True(ignored > Cases * 10 && merged > Cases / 20 && later > Cases * 5 && before > Cases * 5, $"{ignored} {merged} {later} {before}");
    }

    private static string Difference(List<string> expected, List<string> actual) =>
        $"missing\n{string.Join("", expected.Except(actual).Take(3))}\nsurplus\n{string.Join("", actual.Except(expected).Take(3))}";

    /// <summary>What there is to tell, and in which order.</summary>
    private sealed record Story(RandomCase Found, IReadOnlyList<string> Users)
    {
        public IReadOnlyList<NaiveEvent> Before => Found.Events;

        /// <summary>Of all users, under each id; the last event moves the clock past them.</summary>
        public required IReadOnlyList<NaiveEvent> Erasures { get; init; }

        public required IReadOnlyList<NaiveEvent> Replay { get; init; }

        /// <summary>The same again, but new, and after the erasures.</summary>
        public required IReadOnlyList<NaiveEvent> Later { get; init; }

        /// <summary>No event of <see cref="Later"/> is older.</summary>
        public required long From { get; init; }

        public static Story Of(int seed)
        {
            var (found, dice) = (RandomCase.Of(seed, Features), new Dice(-seed));
            var users = found.Events.Select(e => e.User).Concat(found.Events.Select(e => e.Property("anonymous")).OfType<string>()).Distinct().ToList();
            var disorder = found.Rulebook.Policy.Time.DisorderMilliseconds;
            var erased = found.Events.Max(e => e.At) + disorder + 1;
            var erasures = users.Select(user => new NaiveEvent($"x-{user}", user, "erase", erased, new Dictionary<string, object?>())).ToList();
            var twice = found.Events.Concat(erasures).Concat(found.Events.Where(_ => dice.Chance(30)));
            var from = erased + disorder + 2;
            var shift = from - found.Events.Min(e => e.At);
            return new(found, users)
            {
                Erasures = [.. erasures, new NaiveEvent("y", Other, "page", erased + disorder + 1, new Dictionary<string, object?>())],
                Replay = [.. twice.OrderBy(_ => dice.Between(0, int.MaxValue - 1))],
                Later = [.. found.Events.Select(e => e with { Id = $"n-{e.Id}", At = e.At + shift })],
                From = from,
            };
        }
    }

    /// <summary>A run that is told a story.</summary>
    private sealed class Told
    {
        private readonly PipelineRun _run;
        private readonly List<(long At, string Line)> _lines = [];
        private readonly CompiledRulebook _rulebook;
        private bool _hasEnded;

        public Told(Story story, int seed)
        {
            _rulebook = RulebookCompiler.Compile(story.Found.Rulebook);
            _run = new(_rulebook, lanes: 1 + seed % 3)
            {
                BatchEvents = 7,
                Prompt = prompt => Add(prompt.User, prompt.DecidedAt, lines => JsonLines.Write(prompt, lines)),
                Decision = decision => Add(decision.User, decision.At, lines => JsonLines.Write(decision, lines)),
            };
        }

        public void Offer(IEnumerable<NaiveEvent> events)
        {
            foreach (var e in events) _run.Offer(EmbeddedRun.LineOf(e), _ever);
            _run.Flush();
        }

        public long Sum(Func<LaneCounters, long> of) => _run.Sum(of);

        /// <summary>What is stored of these users.</summary>
        public List<string> Records(IReadOnlyList<string> users) =>
        [
            .. from lane in _run.Lanes
               from user in lane.Users.All
               where users.Contains(user.Id.ToString())
               orderby user.Id.ToString()
               select $"{user.Id} {RecordOf(user, lane)}",
        ];

        /// <summary>What was decided from an instant on, when all is over.</summary>
        public List<string> Lines(long from)
        {
            if (!_hasEnded) _run.End(drain: true);
            _hasEnded = true;
            return [.. _lines.Where(line => line.At >= from).Select(line => line.Line)];
        }

        private string RecordOf(UserState user, Lane lane)
        {
            var record = new RecordWriter();
            new UserStateCodec(_rulebook.Layout, lane).Write(user, record);
            return Convert.ToHexString(record.Written);
        }

        private void Add(string user, EventTime at, Action<ArrayBufferWriter<byte>> write)
        {
            if (user == Other) return;
            var line = new ArrayBufferWriter<byte>();
            write(line);
            _lines.Add((at.UnixMilliseconds, Encoding.UTF8.GetString(line.WrittenSpan)));
        }
    }
}
