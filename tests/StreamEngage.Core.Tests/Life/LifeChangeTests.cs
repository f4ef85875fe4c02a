using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;
using StreamEngage.Testing;
using StreamEngage.Tests.Rulebooks;

namespace StreamEngage.Core.Tests.Life;

/// <summary>What becomes of a life when the rulebook changes, when users turn out to be one, and when it is written down.</summary>
public sealed class LifeChangeTests
{
    private const string Other = "trigger: other\non: {event: nothing}\n";
    private static readonly LifecyclePolicy _policy =
        new() { AtRiskMilliseconds = 10, DormantMilliseconds = 20, ChurnedMilliseconds = 30, ResurrectedMilliseconds = 5 };

    [Fact]
    public void ChangeToTheSame_GoesOn()
    {
        var engine = Stages.Watched().At("12:00").Does("view").At("31d 12:00").Does("view").At("31d 12:30").Change(Stages.Files(""));
        Assert.EndsWith("dormant, 31d 13:00:00 resurrected", engine.At("31d 13:00").Does("view").Until("31d 14:00").Entered(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "14d 12:00:00 at-risk")]
    [InlineData("lifecycle: {of: [purchase]}", "14d 12:00:00 at-risk")]
    public void RulebookThatBringsStages_KnowsWhoWasThere(string policy, string stages)
    {
        var engine = EngineHarness.With(Other).At("12:00").Does("view").At("8d 12:00").Change(Stages.Files(policy)).Until("20d 12:00");
        Assert.Equal(stages, engine.Entered());
    }

    [Fact]
    public void OtherThresholds_ChangeStagesWithoutAnEdge()
    {
        var engine = Stages.Watched().At("12:00").Does("view").At("8d 12:00").Change(Stages.Files("lifecycle: {at_risk: 5d}")).Until("40d 12:00");
        Assert.Equal("12:00:00 new, 7d 12:00:00 active, 30d 12:00:00 dormant", engine.Entered());
    }

    [Fact]
    public void ChurnedUserWhoComesBackUnderAnotherName_IsResurrected()
    {
        var engine = Stages.Watched().User("ann").At("12:00").Does("view").User("a").At("70d 12:00").Does("view").At("70d 12:01").Does("view");
        engine.User("ann").At("70d 12:02").Does("identify", ("anonymous", "a")).Until("70d 13:00");
        Assert.EndsWith("60d 12:00:00 churned, 70d 12:00:00 new, 70d 12:02:00 resurrected", engine.Entered(), StringComparison.Ordinal);
    }

    [Fact]
    public void OneVisitUnderAnotherName_DoesNotBringBack()
    {
        var engine = Stages.Watched().User("ann").At("12:00").Does("view").User("a").At("70d 12:00").Does("view");
        engine.User("ann").At("70d 12:02").Does("identify", ("anonymous", "a")).Until("70d 13:00");
        Assert.EndsWith("60d 12:00:00 churned, 70d 12:00:00 new", engine.Entered(), StringComparison.Ordinal);
    }

    [Fact]
    public void ErasedUser_BeginsAnew()
    {
        var engine = Stages.Watched().At("12:00").Does("view").At("8d 12:00").Does("erase").At("9d 12:00").Does("view").Until("10d 12:00");
        Assert.Equal("12:00:00 new, 7d 12:00:00 active, 9d 12:00:00 new", engine.Entered());
    }

    [Fact]
    public void OrderOfActivities_ShowsInNothing()
    {
        for (var seed = 1; seed <= 500; seed++)
        {
            var dice = new StreamEngage.Tests.Naive.Cases.Dice(seed);
            var times = Enumerable.Range(0, dice.Between(1, 12)).Select(_ => (long)dice.Between(0, 150)).ToList();
            var (ordered, shuffled, left, right) = (new UserLife(), new UserLife(), new UserLife(), new UserLife());
            foreach (var time in times.Order()) ordered.Add(time, _policy, settled: -1);
            foreach (var time in times) shuffled.Add(time, _policy, settled: -1);
            foreach (var time in times) (dice.Chance(50) ? left : right).Add(time, _policy, settled: -1);
            if (left.First < long.MaxValue && right.First < long.MaxValue) left.Merge(right, _policy, settled: -1);
            else left = left.First < long.MaxValue ? left : right;
            for (var at = 0; at < 200; at++)
            {
                var stage = ordered.StageAt(at, _policy);
                Assert.True(stage == shuffled.StageAt(at, _policy), $"seed {seed}: {at} of {string.Join(' ', times)}");
                Assert.True(at < times.Max() || stage == left.StageAt(at, _policy), $"seed {seed}: {at} of {string.Join(' ', times)}, merged");
            }
        }
    }

    [Fact]
    public void NextChange_IsNeverTooLate()
    {
        for (var seed = 1; seed <= 300; seed++)
        {
            var dice = new StreamEngage.Tests.Naive.Cases.Dice(seed);
            var life = new UserLife();
            for (var at = 0L; at < 200; at++)
            {
                if (dice.Chance(6)) life.Add(at, _policy, settled: at - 3);
                var (now, next) = (life.StageAt(at, _policy), life.NextChange(at, _policy));
                for (var later = at + 1; later < Math.Min(next, at + 100); later++)
                    Assert.True(life.StageAt(later, _policy) == now, $"seed {seed}: {at} to {later}");
            }
        }
    }

    [Fact]
    public void RunsOfWhoNeverComesBackForGood_AreBounded()
    {
        var (life, dropped) = (new UserLife(), 0);
        for (var run = 0; run < Limits.LifeRunsMax + 5; run++) dropped += life.Add(run * 15L, _policy, settled: run * 15L);
        Assert.Equal((5, Limits.LifeRunsMax), (dropped, life.Runs.Length));
    }

    // Version 3, seen first and last, four applied; an empty user but for part 3: the activity's name, its first instant, none settled, two runs.
    private const string Returning = "03" + "010000" + "0100C801" + "04" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "00" + "00"
        + "03" + "{0}" + "0000" + "00" + "02" + "01" + "0000" + "00" + "02" + "00" + "6E" + "0A" + "50";

    [Fact]
    public void ALifeIsAFewBytes_AndTheyStayTheSame()
    {
        var (rulebook, lane) = (Compile(""), new Lane());
        var user = lane.Users.Open(new("u"), 1);
        user.SawAt(new(0));
        user.SawAt(new(200));
        user.Applied = 4;
        user.Life = new();
        foreach (var at in new[] { 0L, 110, 120, 200 }) user.Life.Add(at, _policy with { AtRiskMilliseconds = 100 }, settled: -1);
        var record = new RecordWriter();
        new UserStateCodec(rulebook.Layout, lane).Write(user, record);
        var written = Convert.ToHexString(record.Written);
        var expected = Returning.Replace("{0}", Convert.ToHexString(BitConverter.GetBytes(rulebook.Layout.LifeActivity)), StringComparison.Ordinal);
        Assert.Equal(expected, written);
        var (other, again) = (new Lane(), new RecordWriter());
        var read = other.Users.Open(new("u"), 1);
        Assert.True(new UserStateCodec(rulebook.Layout, other).TryRead(record.Written, read));
        new UserStateCodec(rulebook.Layout, other).Write(read, again);
        Assert.Equal(written, Convert.ToHexString(again.Written));
    }

    // Part 5: the name of what users are ranked by, day 3 of the epoch, buckets of two events and of minus one.
    private const string Standing = "03" + "0000" + "0000" + "00" + "00" + "00" + "0000" + "00" + "00" + "0000" + "05" + "{0}" + "0003" + "00D705" + "01B305";

    [Fact]
    public void AStandingIsAFewBytes_AndTheyStayTheSame()
    {
        var rulebook = Compile("", "trigger: t\non: {event: view}\nif: user.f_score = 1\n");
        var (lane, other, record, again) = (new Lane(), new Lane(), new RecordWriter(), new RecordWriter());
        var user = lane.Users.Open(new("u"), 1);
        lane.Stand(user, UserStanding.Of(3 * 86_400_000L, 2, -1));
        new UserStateCodec(rulebook.Layout, lane).Write(user, record);
        var expected = Standing.Replace("{0}", Convert.ToHexString(BitConverter.GetBytes(rulebook.Layout.Standing)), StringComparison.Ordinal);
        Assert.Equal(expected, Convert.ToHexString(record.Written));
        var read = other.Users.Open(new("u"), 1);
        Assert.True(new UserStateCodec(rulebook.Layout, other).TryRead(record.Written, read));
        new UserStateCodec(rulebook.Layout, other).Write(read, again);
        Assert.Equal(expected, Convert.ToHexString(again.Written));
        Assert.Equal(user.Standing, read.Standing);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("lifecycle: {of: [view]}\n", 16)]
    public void AnOrdinaryUser_CostsNoByte_WhereAllTheyDoIsActivity(string policy, int bytes)
    {
        var (with, without) = (Length(Compile(policy)), Length(Compile(policy, "trigger: t\non: {event: view}\n")));
        Assert.InRange(with - without, bytes, bytes + 8);
    }

    private static int Length(CompiledRulebook rulebook)
    {
        var (lane, record) = (new Lane(), new RecordWriter());
        lane.MoveClockTo(new(100 * 86_400_000L));
        var user = lane.Users.Open(new("u"), 1);
        foreach (var day in new[] { 1, 9, 20 }) user.SawAt(new(day * 86_400_000L));
        if (rulebook.Lifecycle is { } policy)
        {
            user.Life = new();
            foreach (var day in new[] { 1, 9, 20 }) user.Life.Add(day * 86_400_000L, policy, settled: day * 86_400_000L - 1);
        }

        new UserStateCodec(rulebook.Layout, lane).Write(user, record);
        return record.Length;
    }

    private static CompiledRulebook Compile(string policy, string trigger = "trigger: t\non: {event: view}\nif: user.stage = \"new\"\n") =>
        RulebookCompiler.Compile(RulebookText.Read("t.yaml", trigger, "policy.yaml", $"lateness: 1h\n{policy}").Definition!);
}
