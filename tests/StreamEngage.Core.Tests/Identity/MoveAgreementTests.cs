using StreamEngage.Core.Tests.Agreement;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>
/// Random streams of one person under three ids that live in lanes that are apart. Whenever errands arrive: when all have, what is decided is what is
/// decided in one run in which the ids are known to be one before the first event.
/// </summary>
public sealed class MoveAgreementTests
{
    private const int Cases = 250;

    // An event that is handed on arrives later, so it is to be young enough then too.
    private static readonly RulebookDefinition _rulebook = KnownFromTheStartTests.Read(new Dictionary<string, string>(KnownFromTheStartTests.Rules)
    {
        ["policy.yaml"] = KnownFromTheStartTests.Rules["policy.yaml"].Replace("lateness: 10m", "lateness: 3h", StringComparison.Ordinal),
    });

    [Fact]
    public void WhereverTheMergesStand_TheRestIsDecidedAlike()
    {
        var (lines, errands, elsewhere, forwarded) = (0, 0, 0L, 0L);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var (known, met, since) = KnownFromTheStartTests.Streams(new Dice(seed), $"#{seed}");
            var expected = Sorted(EmbeddedRun.Of(_rulebook, known), since);
            var lanes = Apart(seed, met, since);
            var actual = Sorted(new(lanes.Prompts, lanes.Decisions), since);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}\nmissing {string.Join("\n", expected.Except(actual))}\n"
                + $"surplus {string.Join("\n", actual.Except(expected))}\n{string.Join("\n", met)}");
            lines += expected.Count;
            errands += lanes.Done;
            elsewhere += lanes.Sum(counters => counters.IdentifiesElsewhere);
            forwarded += lanes.Sum(counters => counters.Forwarded);
        }
        Assert.True(lines > Cases * 10 && errands > Cases && elsewhere > Cases / 2 && forwarded > Cases, $"{lines} {errands} {elsewhere} {forwarded}");
    }

    [Fact]
    public void ATestThatLosesTheRecords_WouldBeFound()
    {
        var different = Enumerable.Range(1, 60).Count(seed =>
        {
            var (known, met, since) = KnownFromTheStartTests.Streams(new Dice(seed), $"#{seed}");
            return !Sorted(EmbeddedRun.Of(_rulebook, known), since).SequenceEqual(Sorted(Apart(seed, met, since, loses: true), since));
        });
        Assert.InRange(different, 30, 60);
    }

    /// <summary>Six ids in four lanes that claim each other in every way, also in circles.</summary>
    [Fact]
    public void WhoeverClaimsWhom_EveryEventIsOneUsersAndCountsOnce_UntilItIsErased()
    {
        var reading = KnownFromTheStartTests.Read(new Dictionary<string, string>
        {
            ["policy.yaml"] = "lateness: 3h\n",
            ["t.yaml"] = "trigger: t\non: {event: probe}\ndecide: {purpose: transactional, reentry: always}\nprompt: {data: {views: count(view) over 7d}}\n",
        });
        var (circles, refused) = (0, 0L);
        for (var seed = 1; seed <= Cases * 2; seed++)
        {
            var (dice, clock, views) = (new Dice(seed), 1_767_225_600_000L, 0);
            var names = Enumerable.Range(0, 6).Select(i => $"u{i}").ToList();
            var lanes = new ApartLanes(RulebookCompiler.Compile(reading), 4, id => id.Span[^1] % 4);
            for (var i = 0; i < 60; i++)
            {
                var isView = dice.Chance(70);
                views += isView ? 1 : 0;
                lanes.Offer(isView ? Event(i, dice.Of(names), "view", ++clock) : Event(i, dice.Of(names), "identify", ++clock, dice.Of(names)));
                for (var some = dice.Between(0, 2); some > 0; some--) lanes.Deliver(ways => dice.Between(0, ways - 1));
            }
            for (var i = 0; lanes.Deliver(ways => dice.Between(0, ways - 1)); i++) Assert.True(i < 5_000, $"seed {seed}: no end");
            lanes.Pass(++clock);
            foreach (var (i, name) in names.Index())
            {
                lanes.Offer(Event(100 + i, name, "probe", ++clock));
                lanes.DeliverAll();
            }
            var counted = lanes.Prompts.GroupBy(prompt => prompt.User).Sum(prompts => (int)prompts.Last().Data[0].Value.Number);
            Assert.True(counted == views, $"seed {seed}: {counted} of {views}");
            foreach (var (i, name) in names.Index()) lanes.Offer(Event(200 + i, name, "erase", ++clock));
            lanes.DeliverAll();
            Assert.True(lanes.Records().Count == 0, $"seed {seed}: {string.Join(' ', lanes.Records().Keys)} remember");
            circles += lanes.Circles;
            refused += lanes.Sum(counters => counters.ControlsRefused);
        }
        Assert.True(circles > 50 && refused > Cases, $"{circles} {refused}");
    }

    private static NaiveEvent Event(int id, string user, string type, long at, string? anonymous = null) => new(
        $"e{id}", user, type, at, anonymous is null ? new Dictionary<string, object?>() : new() { ["anonymous"] = anonymous });

    private static EmbeddedRun Apart(int seed, List<NaiveEvent> met, long since, bool loses)
    {
        var lanes = Apart(seed, met, since, lane => lane.Loses = loses);
        return new(lanes.Prompts, lanes.Decisions);
    }

    private static ApartLanes Apart(int seed, List<NaiveEvent> met, long since, Action<ApartLanes>? change = null)
    {
        var (dice, salt) = (new Dice(-seed), (ulong)seed);
        var lanes = new ApartLanes(RulebookCompiler.Compile(_rulebook), 3, id => (int)(Hash64.Mix(Hash64.Of(id.Span), salt) % 3));
        change?.Invoke(lanes);
        var clock = long.MinValue;
        foreach (var e in met)
        {
            if (e.At >= since) lanes.DeliverAll();
            clock = Math.Max(clock, e.At);
            lanes.Pass(clock);
            lanes.Offer(e);
            if (e.At >= since) lanes.DeliverAll();
            for (var i = dice.Between(0, 3); i > 0; i--) lanes.Deliver(ways => dice.Between(0, ways - 1));
        }
        lanes.Drain();
        return lanes;
    }

    private static List<string> Sorted(EmbeddedRun run, long since) => [.. KnownFromTheStartTests.Lines(run, since).Order(StringComparer.Ordinal)];
}
