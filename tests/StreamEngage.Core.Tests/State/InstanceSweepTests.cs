using System.Globalization;
using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;

namespace StreamEngage.Core.Tests.State;

public sealed class InstanceSweepTests
{
    private const string Watch = "trigger: watch\non: {pattern: [{event: view, as: v, times: 3}], within: 1h}\nper: v.item\n";
    private const string Cooled = "trigger: cooled\non: {event: view, as: v}\nper: v.item\ndecide: {cooldown: 1h}\n";

    [Fact]
    public void KeysSeenOnce_AreGivenBackWhenTheirTimeIsOver()
    {
        var run = new PipelineRun(Compile(Watch, Cooled), wantsDecisions: false);
        for (var i = 0; i < 5_000; i++) View(run, i, item: i);
        run.Flush();
        Assert.InRange(run.Lanes[0].Users.All.Single().InstanceCount, 1, 100);
    }

    [Fact]
    public void KeysWhoseMemoryNeverEnds_AreBounded_AndTheirLossIsCounted()
    {
        var run = new PipelineRun(Compile(Cooled.Replace("cooldown: 1h", "reentry: once", StringComparison.Ordinal)), wantsDecisions: false);
        for (var i = 0; i < 5_000; i++) View(run, i, item: i);
        run.Flush();
        Assert.InRange(run.Lanes[0].Users.All.Single().InstanceCount, 1, Limits.UserInstancesMax);
        Assert.True(run.Sum(counters => counters.InstancesDropped) > 0);
    }

    [Fact]
    public void KeysOfAUserWhoWentAway_AreGivenBackWhileOthersCome()
    {
        var run = new PipelineRun(Compile(Watch), wantsDecisions: false);
        View(run, 0, item: 1, user: "away");
        for (var i = 1; i < 30; i++) View(run, i, item: i);
        run.Flush();
        Assert.Equal(0, run.Lanes[0].Users.All.Single(user => user.Id.ToString() == "away").InstanceCount);
    }

    [Fact]
    public void KeysOfAUserWhoWentAway_StayWhileALateEventMayStillUseThem()
    {
        var run = new PipelineRun(Compile(Watch), wantsDecisions: false);
        View(run, 0, item: 1, user: "away");
        for (var i = 1; i <= 12; i++) View(run, i, item: i);
        run.Flush();
        Assert.Equal(1, run.Lanes[0].Users.All.Single(user => user.Id.ToString() == "away").InstanceCount);
    }

    /// <summary>Which keys a user with too many of them loses is not to depend on whether the user was read from a store in between.</summary>
    [Theory]
    [InlineData(200)]
    [InlineData(600)]
    [InlineData(900)]
    public void KeysThatAreLost_AreTheSameForAUserWhoWasReadAgain(int after)
    {
        var rulebook = Compile(Cooled.Replace("cooldown: 1h", "reentry: once", StringComparison.Ordinal));
        var (whole, parted) = (new List<string>(), new List<string>());
        var run = new PipelineRun(rulebook) { Decision = decision => whole.Add($"{decision.At} {decision.Reason}") };
        var other = new PipelineRun(rulebook) { Decision = decision => parted.Add($"{decision.At} {decision.Reason}") };
        // At a change, also to the same rulebook, everybody is written and read.
        other.ChangeAt(new EventTime(TimeOf(after)), rulebook.Definition);
        for (var i = 0; i < 2_000; i++)
        {
            // Every other key is one that was met before.
            var item = i % 2 == 0 ? i : (i * 7919) % (i + 1) / 2 * 2;
            View(run, i, item);
            View(other, i, item);
        }
        run.End(drain: true);
        other.End(drain: true);
        Assert.Equal(whole, parted);
        Assert.True(run.Sum(counters => counters.InstancesDropped) > 0);
    }

    private static CompiledRulebook Compile(params string[] triggers)
    {
        var reading = RulebookFiles.Read(triggers.Select((text, i) => (text, i)).ToDictionary(pair => $"t{pair.i}.yaml", pair => pair.text));
        return RulebookCompiler.Compile(reading.Definition!);
    }

    private static void View(PipelineRun run, int i, int item, string user = "u1")
    {
        var at = TimeOf(i).ToString(CultureInfo.InvariantCulture);
        var line = $"{{'id':'e{i}','user':'{user}','type':'view','at':{at},'props':{{'item':'i{item}'}}}}".Replace('\'', '"');
        Assert.Equal(Decoded.Event, run.Offer(Encoding.UTF8.GetBytes(line), new EventTime(Limits.EventTimeMax)));
    }

    private static long TimeOf(int view) => 1_700_000_000_000 + view * 300_000L;
}
