using StreamEngage.Host.Demo;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Tests.Demo;

public sealed class LiveEngineTests
{
    private static readonly TimeSpan End = DemoShop.Settings.Duration!.Value;

    [Fact]
    public void HowTheWallClockMoves_ChangesNoPrompt()
    {
        var (smooth, end) = Live(TimeSpan.FromMilliseconds(1));
        Assert.True(smooth.Count > 100, $"only {smooth.Count} prompts");
        Assert.All(["cart-left", "gone-quiet", "nothing-found"], name => Assert.Contains(end.Triggers, trigger => trigger.Name == name && trigger.Sent > 0));
        foreach (var step in new[] { 17, 350, 20_000 })
            Assert.Equal(smooth, Live(TimeSpan.FromMilliseconds(step)).Prompts);
    }

    [Fact]
    public void SameLinesAndTicks_ThroughAnotherEngineOneByOne_GiveTheSamePrompts()
    {
        var replayed = new List<string>();
        var run = new PipelineRun(DemoShop.Rulebook) { BatchEvents = 1, Prompt = prompt => replayed.Add(DemoShop.Line(prompt)) };
        var lines = new DueLines(DemoShop.Shop(DemoShop.Settings), DemoShop.Settings);
        for (var tick = LiveEngine.TickEvery; tick <= End; tick += LiveEngine.TickEvery)
        {
            while (lines.Due <= tick)
            {
                var at = DemoShop.Settings.At(lines.Due);
                run.Offer(lines.Take(), at);
            }
            run.Tick(DemoShop.Settings.At(tick));
        }
        run.Suspend();
        replayed.Sort(StringComparer.Ordinal);
        Assert.Equal(replayed, Live(TimeSpan.FromMilliseconds(23)).Prompts);
    }

    [Fact]
    public void OnAStreamInOrder_TicksChangeNothing()
    {
        var settings = DemoShop.Settings;
        var shop = DemoShop.Shop(settings) with { Late = 0, Duplicates = 0 };
        var fromFile = new List<string>();
        var run = new PipelineRun(DemoShop.Rulebook) { Prompt = prompt => fromFile.Add(DemoShop.Line(prompt)) };
        var lines = new DueLines(shop, settings);
        while (lines.Due <= End) run.Offer(lines.Take(), settings.At(End));
        run.Tick(settings.At(End));
        run.End(drain: false);
        fromFile.Sort(StringComparer.Ordinal);
        Assert.Equal(fromFile, Live(TimeSpan.FromMilliseconds(10), shop).Prompts);
    }

    [Fact]
    public void EveryLineHasOneFate_AndEveryCandidateOneVerdict()
    {
        var end = Live(TimeSpan.FromMilliseconds(5)).End;
        Assert.True(end.IsBalanced);
        Assert.Equal(end.Candidates, end.Sent + end.Suppressed + end.Held);
        Assert.All(end.Triggers, trigger => Assert.Equal(trigger.Candidates, trigger.Sent + trigger.Suppressed + trigger.Held));
        Assert.True(end.Lines.Quarantined > 5 && end.Lines.Duplicates > 0, $"{end.Lines}");
        Assert.Equal(end.Lines.Taken, end.Lines.Applied + end.Lines.Duplicates + end.Lines.Collisions + end.Lines.Late + end.Lines.Quarantined);
        Assert.False((end with { Triggers = [] }).IsBalanced);
    }

    [Fact]
    public void MalformedLines_AreQuarantined_OneByOne()
    {
        var shop = DemoShop.Shop(DemoShop.Settings);
        var stream = new ShopClickstream(shop);
        var malformed = 0;
        while (stream.TryNext(out var line) && stream.Counts.LatestAt <= DemoShop.Settings.At(End).UnixMilliseconds)
            malformed += line.Fate == ClickFate.Malformed ? 1 : 0;
        Assert.Equal(malformed, Live(TimeSpan.FromMilliseconds(50), shop).End.Lines.Quarantined);
    }

    [Fact]
    public void Latency_IsCountedFromTheDueTime_NotFromWhenTheEngineGotToIt()
    {
        var wall = TimeSpan.Zero;
        var lines = new DueLines(DemoShop.Shop(DemoShop.Settings), DemoShop.Settings);
        var engine = new LiveEngine(DemoShop.Rulebook, lines, DemoShop.Settings, () => wall, _ => { });
        wall = TimeSpan.FromSeconds(2);
        while (engine.Step(wall)) { }
        var end = engine.Snapshot(wall);
        Assert.InRange(end.Latency.Max, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        Assert.InRange(end.Latency.P50, TimeSpan.FromSeconds(0.2), TimeSpan.FromSeconds(1.8));
        Assert.Equal(TimeSpan.Zero, end.Behind);
        Assert.InRange(engine.Snapshot(TimeSpan.FromSeconds(9)).Behind, TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(7));
    }

    [Theory]
    [InlineData(50, 300, 600)]
    [InlineData(400, 4_000, 120)]
    public void Traffic_IsAboutTheRateAskedFor(int rate, int users, double speed)
    {
        var settings = new DemoSettings { Rate = rate, Users = users, Speed = speed, Duration = TimeSpan.FromSeconds(15) };
        var lines = new DueLines(DemoShop.Shop(settings), settings);
        var count = 0;
        for (; lines.Due <= TimeSpan.FromSeconds(15); count++) lines.Take();
        Assert.InRange(count / 15.0, rate * 0.8, rate * 1.25);
    }

    [Fact]
    public void UsersTooFewForTheRate_AreNoShop() =>
        Assert.Null(ShopTraffic.Of(new DemoSettings { Rate = 10_000, Users = 10 }));

    [Fact]
    public void Prompts_AreShownInWords()
    {
        var shown = Live(TimeSpan.FromMilliseconds(50)).End.Newest;
        Assert.Equal(3, shown.Take(3).Select(prompt => prompt.Trigger).Distinct().Count());
        Assert.Matches("^Your sku-[0-9]+ for [0-9.]+ is still here\\.$", shown.First(prompt => prompt.Trigger == "cart-left").Text);
        Assert.StartsWith("query ", shown.First(prompt => prompt.Trigger == "nothing-found").Text, StringComparison.Ordinal);
    }

    private static (List<string> Prompts, DemoSnapshot End) Live(TimeSpan step, ShopSettings? shop = null)
    {
        var wall = TimeSpan.Zero;
        var prompts = new List<string>();
        var lines = new DueLines(shop ?? DemoShop.Shop(DemoShop.Settings), DemoShop.Settings);
        var engine = new LiveEngine(DemoShop.Rulebook, lines, DemoShop.Settings, () => wall, prompt => prompts.Add(DemoShop.Line(prompt)));
        while (wall < End)
        {
            wall += step;
            while (engine.Step(wall < End ? wall : End)) { }
        }
        prompts.Sort(StringComparer.Ordinal);
        return (prompts, engine.Snapshot(wall));
    }
}
