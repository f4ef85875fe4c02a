using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What a person does to a running engine: stops it, silences it, lets it go on.</summary>
public sealed class ControlTests
{
    private const long Minute = 60_000;

    private static readonly string[] _rules = [Scene.Cart, Scene.Views];

    [Fact]
    public void Stop_FinishesTheStepPublishesOnceAndTheNextInstanceReplaysNothing()
    {
        for (var moment = 0; moment < 40; moment++)
        {
            using var scene = new Scene(_rules, lanes: 2, settings: new() { Publish = TimeSpan.FromSeconds(1) });
            for (var i = 0; i < 30; i++) scene.Click("view", $"u{i}", lane: i % 2);
            scene.Run(1 + moment * 3);
            var (before, log, first) = (scene.Log.Committed, scene.Log, scene.Now);
            scene.Stop();
            Assert.InRange(scene.Now - first, 0, 4_000);
            Assert.InRange(log.Committed - before, 0, 2);
            Assert.All(
                scene.Broker.Journal.SelectMany(journal => journal),
                entry => Assert.Equal(Simulation.TransactionState.Committed, entry.Transaction.State));
            scene.Start();
            scene.Run(5_000);
            Assert.Equal(30, scene.PromptsOf("views"));
            Assert.DoesNotContain(scene.Notices, notice => notice.Kind == NoticeKind.LaneReplayed);
            Assert.Equal(0, scene.Store.Verdicts.GetValueOrDefault(PrepareVerdict.Fenced));
            scene.MustBeOnce();
        }
    }

    [Fact]
    public void Stop_WhilePromptsWait_PublishesThemBeforeItLeaves()
    {
        using var scene = new Scene(_rules, settings: new() { Publish = TimeSpan.FromMinutes(1), PublishIdle = TimeSpan.FromMinutes(1) });
        for (var i = 0; i < 30; i++) scene.Click("view", $"u{i}");
        scene.Run(2_000);
        Assert.Empty(scene.Prompts);
        scene.Stop();
        Assert.Equal((30, 1), (scene.PromptsOf("views"), scene.Log.Committed));
    }

    [Fact]
    public void KillSwitch_SilencesWithinASecondAndWhatWasDecidedWaits()
    {
        using var scene = new Scene(_rules);
        for (var i = 0; i < 50; i++) Click(scene, i);
        scene.Control.IsKilled = true;
        scene.Run(1_000);
        var shown = scene.Prompts.Count;
        for (var i = 50; i < 100; i++) Click(scene, i);
        scene.Run(Minute);
        Assert.Equal(shown, scene.Prompts.Count);
        Assert.Equal(100, scene.Lane().Applied![0]);
        scene.Control.IsKilled = false;
        scene.Until(() => scene.Prompts.Count == 100, 1_000);
        scene.MustBeOnce();

        static void Click(Scene scene, int i)
        {
            scene.Click("view", $"u{i}");
            scene.Run(20);
        }
    }

    [Fact]
    public void KillSwitchOverARestart_LosesNothingThatWaits()
    {
        using var scene = new Scene(_rules);
        scene.Control.IsKilled = true;
        for (var i = 0; i < 20; i++) scene.Click("view", $"u{i}");
        scene.Run(5_000);
        scene.Stop();
        scene.Start();
        scene.Run(5_000);
        Assert.Empty(scene.Prompts);
        scene.Control.IsKilled = false;
        scene.Until(() => scene.Prompts.Count == 20, 1_000);
        scene.MustBeOnce();
    }

    [Fact]
    public void PausedTrigger_WaitsAndTheOthersGoOn()
    {
        const string Looks = """
            trigger: looks
            on: {event: view}
            decide: {channels: [push], reentry: always}
            """;
        using var scene = new Scene([Looks, Scene.Views]);
        scene.Control.Pause("views");
        for (var i = 0; i < 20; i++) scene.Click("view", $"u{i}");
        scene.Run(5_000);
        Assert.Equal(0, scene.PromptsOf("views"));
        var others = scene.PromptsOf("looks");
        scene.Control.Resume("views");
        scene.Run(2_000);
        Assert.Equal(20, scene.PromptsOf("views") + others);
        Assert.Equal(others, scene.PromptsOf("looks"));
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(11, 10)]
    public void PromptRateBreaker_LetsTheBoundPassAndHoldsTheRestUntilSomebodyClosesIt(int prompts, int passing)
    {
        using var scene = new Scene(_rules, perMinuteMax: 10);
        for (var i = 0; i < prompts; i++) scene.Click("view", $"u{i}");
        scene.Run(2 * Minute);
        Assert.Equal(passing, scene.Prompts.Count);
        Assert.Equal(prompts > passing, scene.Control.Breaker.IsOpen);
        scene.Control.Breaker.Close();
        scene.Run(1_000);
        Assert.Equal(prompts, scene.Prompts.Count);
        scene.MustBeOnce();
    }
}
