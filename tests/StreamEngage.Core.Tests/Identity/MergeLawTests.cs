using StreamEngage.Core.Tests.Agreement;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>
/// Users of random rulebooks and streams, merged in every order: the records that are written are the same, whoever survives. Attributes are left out, of
/// which the survivor's win; so is repeat: ignore where three are merged.
/// </summary>
public sealed class MergeLawTests
{
    private const int Cases = 1_300;
    private const CaseFeatures Features = CaseFeatures.Settled & ~CaseFeatures.Profiles & ~CaseFeatures.Identity & ~CaseFeatures.Erasure;

    private static readonly EventTime _ever = new(Limits.EventTimeMax);

    [Fact]
    public void Merge_IsCommutative() => ForEachCase((three, seed) =>
        AssertSame(three.Merged("u1", "u2"), three.Merged("u2", "u1"), seed));

    [Fact]
    public void Merge_IsAssociative() => ForEachCase((three, seed) =>
    {
        if (three.Ignores) return;
        AssertSame(three.Merged(three.Merged("u1", "u2"), "u3"), three.Merged("u1", three.Merged("u2", "u3")), seed);
        AssertSame(three.Merged(three.Merged("u1", "u2"), "u3"), three.Merged(three.Merged("u3", "u1"), "u2"), seed);
    });

    [Fact]
    public void WhatWasMerged_AddsNothingASecondTime() => ForEachCase((three, seed) =>
    {
        var once = three.Merged("u1", "u2");
        AssertSame(once, three.Merged(once, three.Blank("u2")), seed);
    });

    private static void AssertSame(Made a, Made b, int seed)
    {
        Assert.True(a.Names.SetEquals(b.Names), $"seed {seed}: {string.Join(' ', a.Names)} and {string.Join(' ', b.Names)}");
        var same = a.Text.Zip(b.Text).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.True(a.Text == b.Text, $"seed {seed}, from place {same}\n{a.Text[Math.Max(0, same - 100)..]}\n{b.Text[Math.Max(0, same - 100)..]}");
    }

    private static void ForEachCase(Action<Users, int> assert)
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            var found = RandomCase.Of(seed, Features);
            var run = new PipelineRun(RulebookCompiler.Compile(found.Rulebook));
            foreach (var e in found.Events) run.Offer(EmbeddedRun.LineOf(e), _ever);
            run.Flush();
            assert(new(found, run), seed);
        }
    }

    /// <summary>A user as its record, without the identity part, and the names it goes by.</summary>
    private sealed record Made(string User, byte[] Record, HashSet<FormerId> Names)
    {
        public string Text { get; init; } = "";
    }

    /// <summary>The users of one case, on a lane of their own for each merge.</summary>
    private sealed class Users
    {
        private readonly CompiledRulebook _rulebook;
        private readonly EventTime _clock;
        private readonly Dictionary<string, byte[]> _records = [];

        public Users(RandomCase found, PipelineRun run)
        {
            _rulebook = RulebookCompiler.Compile(found.Rulebook);
            _clock = run.Clock;
            Ignores = found.Files.Values.Any(text => text.Contains("repeat: ignore", StringComparison.Ordinal));
            foreach (var user in run.Lanes[0].Users.All)
            {
                var record = new RecordWriter();
                new UserStateCodec(_rulebook.Layout, run.Lanes[0]).Write(user, record);
                _records[user.Id.ToString()] = record.Written.ToArray();
            }
        }

        public bool Ignores { get; }

        public Made Merged(string into, string from) => Merged(Of(into), Of(from));

        public Made Merged(Made into, string from) => Merged(into, Of(from));

        public Made Merged(string into, Made from) => Merged(Of(into), from);

        public Made Merged(Made into, Made from)
        {
            var lane = new Lane();
            lane.MoveClockTo(_clock);
            var known = Read(into, lane);
            Assert.True(new PipelineIdentities(_rulebook, lane).Merge(known, new Utf8Text(from.User), from.Record));
            return Written(known, lane);
        }

        public Made Blank(string user) => Written(new UserState(new(user), Hash64.Of(new Utf8Text(user).Span)), new Lane());

        private Made Of(string user) => _records.TryGetValue(user, out var record) ? new(user, record, []) : Blank(user);

        private UserState Read(Made made, Lane lane)
        {
            var user = lane.Users.Open(new(made.User), Hash64.Of(new Utf8Text(made.User).Span));
            Assert.True(new UserStateCodec(_rulebook.Layout, lane).TryRead(made.Record, user));
            return user;
        }

        private Made Written(UserState user, Lane lane)
        {
            var (record, identity) = (new RecordWriter(), new RecordWriter());
            new UserStateCodec(_rulebook.Layout, lane).Write(user, record);
            if (user.Identity is { SaysNothing: false } known)
            {
                identity.Byte(0);
                IdentityCodec.Write(known, identity);
            }

            return new(user.Id.ToString(), record.Written.ToArray(), [.. user.Identity?.Former ?? [], new(user.Id.Detach(), user.Identity?.ExposedAt)])
            {
                Text = Convert.ToHexString(record.Written[..^identity.Length]),
            };
        }
    }
}
