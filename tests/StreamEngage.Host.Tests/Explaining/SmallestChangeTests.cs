using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Tests.Generation;
using StreamEngage.Rulebooks;
using StreamEngage.Tests.Naive.Cases;
using Xunit.Abstractions;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>The named smallest change is true: with it the engine sends the prompt.</summary>
public sealed class SmallestChangeTests(ITestOutputHelper output)
{
    private const int Samples = 1_000;
    private const int WholeSamples = 40;

    private static readonly Lazy<ExplainedStream> _shop = new(() =>
    {
        var shop = GeneratedShop.Of(new() { Users = 120, Events = 12_000, SessionsPerDay = 3, Late = 0.05, Duplicates = 0.02, Seed = 11 });
        return new(RulebookFolder.Read(Path.Combine(Datasets.RepositoryRoot, "rulebooks", "shop")).Definition!, shop.Lines);
    });

    [Fact]
    public void DecisionsOfOneUsersHistory_AreThoseOfTheRunOverAll()
    {
        foreach (var group in _shop.Value.Decisions.GroupBy(decision => decision.User))
            Assert.Equal(Written(group), Written(Course.Of(_shop.Value.Premise(group.Key)).Decisions));
    }

    /// <summary>Late, held and refused events of all users among them.</summary>
    [Fact]
    public void DecisionsOfARandomUsersHistory_AreThoseOfTheRunOverAll()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var stream = RandomStreams.Of(seed);
            foreach (var group in stream.Decisions.GroupBy(decision => decision.User))
                Assert.True(Written(group) == Written(Course.Of(stream.Premise(group.Key)).Decisions), $"seed {seed}, user {group.Key}");
        }
    }

    [Fact]
    public void OfAThousandSuppressedCandidates_EveryOneIsSentWithItsSmallestChange()
    {
        const int seed = 20_260_101;
        output.WriteLine($"seed {seed}");
        var sample = _shop.Value.Suppressed(new Random(seed), Samples);
        Assert.Equal(Samples, sample.Count);
        Assert.Equal((Samples, Samples), Check(_shop.Value, sample));
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(2, true)]
    public void OfRandomRulebooks_EverySuppressedCandidateIsSentWithItsSmallestChange(int part, bool withOutcomes)
    {
        var (flipped, all) = (0, 0);
        for (var seed = part * 1_000; seed < part * 1_000 + 120; seed++)
        {
            // A journey may be written so that it never prompts: then nothing that is otherwise makes it.
            var random = RandomStreams.Of(seed, withJourneys: false, withOutcomes);
            var (some, of) = Check(random, random.Suppressed(new Random(seed), 10), $"seed {seed} ");
            (flipped, all) = (flipped + some, all + of);
        }
        output.WriteLine($"seeds from {part * 1_000}: {flipped} of {all}");
        Assert.Equal(all, flipped);
    }

    /// <summary>Rulebooks that ask a person, read stages, or rank users among all: each with its share of a thousand candidates.</summary>
    [Fact]
    public void OfAThousandCandidatesOfRulebooksWithApprovalsStagesAndRanks_EveryOneIsSentWithItsSmallestChange()
    {
        string[] marks = ["approval:", "user.stage", "lifecycle/", "_score"];
        var (flipped, all, byMark, reasons) = (0, 0, new int[marks.Length], new SortedDictionary<string, int>());
        for (var seed = 10_001; all < Samples; seed++)
        {
            var made = RandomStreams.CaseOf(seed, withJourneys: false);
            var text = string.Join('\n', made.Files.Values);
            if (!marks.Any(mark => text.Contains(mark, StringComparison.Ordinal))) continue;
            var stream = RandomStreams.Of(made);
            var sample = stream.Suppressed(new Random(seed), 10);
            var (some, of) = Check(stream, sample, $"seed {seed} ");
            (flipped, all) = (flipped + some, all + of);
            for (var i = 0; i < marks.Length; i++) byMark[i] += text.Contains(marks[i], StringComparison.Ordinal) ? of : 0;
            foreach (var decision in sample) reasons[$"{decision.Reason}"] = reasons.GetValueOrDefault($"{decision.Reason}") + 1;
        }
        output.WriteLine($"{flipped} of {all}; {string.Join(", ", marks.Zip(byMark))}; {string.Join(", ", reasons)}");
        Assert.Equal(all, flipped);
        Assert.All(byMark, count => Assert.True(count >= Samples / 20));
        Assert.True(reasons.GetValueOrDefault("HumanRejected") > 0);
    }

    /// <summary>
    /// What is sampled on its own: users who were merged or erased, steps of journeys, triggers that paused themselves, templates that lack values, and times
    /// after a change of the rulebook.
    /// </summary>
    [Theory]
    [InlineData(nameof(CaseFeatures.Identity))]
    [InlineData(nameof(CaseFeatures.Erasure))]
    [InlineData(nameof(CaseFeatures.Journeys))]
    [InlineData(nameof(CaseFeatures.Harm))]
    [InlineData(nameof(CaseFeatures.Templates))]
    [InlineData(nameof(CaseFeatures.Changes))]
    public void OfWhatIsSampledOnItsOwn_EverySuppressedCandidateIsSentWithItsSmallestChange(string feature)
    {
        var of = Enum.Parse<CaseFeatures>(feature);
        Reason[] asks = of switch
        {
            CaseFeatures.Harm => [Reason.CircuitOpen],
            CaseFeatures.Templates => [Reason.TemplateError],
            CaseFeatures.Changes => [Reason.Backfill, Reason.Retired],
            _ => [],
        };
        var (flipped, all, reasons) = (0, 0, new SortedDictionary<Reason, int>());
        for (var seed = 30_001; all < Samples / 5 || asks.Any(reason => !reasons.ContainsKey(reason)); seed++)
        {
            var made = RandomCase.Of(seed, RandomStreams.Plain & ~CaseFeatures.Outcomes & ~CaseFeatures.Lifecycle & ~CaseFeatures.Journeys | of);
            if (!Has(made, of)) continue;
            var stream = RandomStreams.Of(made);
            var sample = stream.Suppressed(new Random(seed), 200).Where(decision => IsOf(made, decision, of))
                .OrderByDescending(decision => decision.Reason == Reason.Retired).Take(5).ToList();
            var (some, asked) = Check(stream, sample, $"seed {seed} ");
            (flipped, all) = (flipped + some, all + asked);
            foreach (var decision in sample) reasons[decision.Reason] = reasons.GetValueOrDefault(decision.Reason) + 1;
        }
        output.WriteLine($"{flipped} of {all}; {string.Join(", ", reasons)}");
        Assert.Equal(all, flipped);
    }

    private static bool Has(RandomCase made, CaseFeatures of) => of switch
    {
        CaseFeatures.Identity => made.Events.Any(e => e.Type == "identify"),
        CaseFeatures.Erasure => made.Events.Any(e => e.Type == "erase"),
        CaseFeatures.Journeys => made.Rulebook.Triggers.Any(trigger => trigger.Steps.Count > 0),
        CaseFeatures.Harm => made.Files.ContainsKey("harm.yaml"),
        CaseFeatures.Templates => made.Rulebook.Templates.Count > 0,
        _ => made.Change is not null,
    };

    /// <summary>It is about what is sampled.</summary>
    private static bool IsOf(RandomCase made, DecisionRecord decision, CaseFeatures of) => of switch
    {
        CaseFeatures.Identity => made.Events.Any(e => e.User != decision.User && decision.Causes.Contains(e.Id)),
        CaseFeatures.Erasure => made.Events.Any(e => e.Type == "erase" && e.User == decision.User && e.At <= decision.At.UnixMilliseconds),
        CaseFeatures.Journeys => decision.Step is not null,
        CaseFeatures.Harm => decision.Reason == Reason.CircuitOpen,
        CaseFeatures.Templates => decision.Reason == Reason.TemplateError,
        _ => decision.At.UnixMilliseconds >= made.Change!.At,
    };

    [Fact]
    public void TheSameChange_FlipsTheVerdictInTheRunOverAllUsers()
    {
        const int seed = 20_260_102;
        output.WriteLine($"seed {seed}");
        foreach (var decision in _shop.Value.Suppressed(new Random(seed), WholeSamples))
        {
            var (premise, outcome) = Asked(_shop.Value, decision);
            var flip = FlipSearch.For(premise, outcome).Search(outcome, alternatives: 0)[0];
            var whole = Course.Of(flip.Apply(_shop.Value.WholePremise(decision.User))).Find(outcome);
            Assert.True(whole is { IsSent: true }, $"{decision.User} {decision.Trigger} {decision.At} {decision.Reason}: had {flip.Says}");
        }
    }

    private (int Flipped, int All) Check(ExplainedStream stream, List<DecisionRecord> sample, string where = "")
    {
        var (flipped, runs, started) = (0, 0, Stopwatch.GetTimestamp());
        var byReason = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var decision in sample)
        {
            var (premise, outcome) = Asked(stream, decision);
            var search = FlipSearch.For(premise, outcome);
            var flips = search.Search(outcome, alternatives: 0);
            runs += search.Runs;
            var isFlipped = flips is [var flip, ..] && Course.Of(flip.Apply(premise)).Find(outcome) is { IsSent: true };
            if (isFlipped) flipped++;
            else Tell(premise, outcome, $"{where}{decision.User} {decision.Trigger} {decision.At.UnixMilliseconds} {decision.Reason} after {search.Runs} runs");
            var isLess = isFlipped && flips[0].Says.Contains("did not ask", StringComparison.Ordinal);
            var key = $"{decision.Reason} with {(isFlipped ? flips[0].Changes.Count : 0)} changes{(isLess ? ", a condition left out" : "")}";
            byReason[key] = byReason.GetValueOrDefault(key) + 1;
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        if (where.Length > 0) return (flipped, sample.Count);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{flipped} of {sample.Count} flipped, {runs} questions, {seconds:F1} s"));
        foreach (var (key, count) in byReason) output.WriteLine($"  {key}: {count}");
        return (flipped, sample.Count);
    }

    /// <summary>What was tried first and what came of it.</summary>
    private void Tell(Premise premise, Outcome outcome, string which)
    {
        output.WriteLine(which);
        foreach (var e in premise.Events) output.WriteLine($"    {Encoding.UTF8.GetString(e.Json.Span)}");
        foreach (var changes in GateChanges.For(premise, outcome))
        {
            var last = Course.Of(changes.Aggregate(premise, (changed, change) => change.Apply(changed))).Find(outcome)?.Last;
            output.WriteLine($"  if {string.Join("; and ", changes.Select(change => change.Says))}: {last?.Verdict} {last?.Reason} {last?.At}");
        }
    }

    private static (Premise Premise, Outcome Outcome) Asked(ExplainedStream stream, DecisionRecord decision)
    {
        var premise = stream.Premise(decision.User).Under(decision.At, decision.Trigger, decision.Version);
        return (premise, Course.Of(premise).Outcomes.First(outcome => Written([outcome.Last]) == Written([decision])));
    }

    private static string Written(IEnumerable<DecisionRecord> decisions)
    {
        var text = new ArrayBufferWriter<byte>();
        foreach (var decision in decisions) JsonLines.Write(decision, text);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }
}
