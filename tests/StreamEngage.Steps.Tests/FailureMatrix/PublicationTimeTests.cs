using System.Diagnostics.Metrics;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>When what was decided leaves. Times are of the simulated world.</summary>
public sealed class PublicationTimeTests
{
    private const string Looks = """
        trigger: looks
        on: {event: view}
        decide: {channels: [push], reentry: always}
        """;

    // A poll that nothing comes to lasts up to two seconds here.
    private static readonly StepSettings _slowPolls = new() { Publish = TimeSpan.FromMilliseconds(500), Tick = TimeSpan.FromSeconds(10), BatchRecords = 1 };

    [Fact]
    public void PromptOfTheNextStep_WaitsForTheIntervalAndNotForAPoll()
    {
        using var scene = new Scene([Scene.Views], settings: _slowPolls);
        for (var round = 1; round <= 20; round++)
        {
            scene.Run(5_000);
            for (var i = 0; i < 2; i++) scene.Click("view", $"u{round}-{i}");
            scene.Until(() => scene.Prompts.Count == 2 * round - 1, 5_000);
            scene.Until(() => scene.Prompts.Count == 2 * round, 540);
        }
        scene.MustBeOnce();
    }

    [Fact]
    public void AfterAPublication_TheNextKeepsApart()
    {
        var apart = new StepSettings { Publish = TimeSpan.FromMilliseconds(5), PublishApart = TimeSpan.FromSeconds(1), PublishIdle = TimeSpan.FromMinutes(1) };
        using var scene = new Scene([Scene.Views], settings: apart);
        scene.Run(5_000);
        scene.Click("view", "first");
        scene.Until(() => scene.Prompts.Count == 1, 500);
        scene.Click("view", "second");
        scene.Run(900);
        Assert.Single(scene.Prompts);
        scene.Until(() => scene.Prompts.Count == 2, 200);
    }

    [Fact]
    public void WhatIsHeldBack_IsLookedAtOnceATick()
    {
        using var scene = new Scene([Scene.Views], settings: new() { Publish = TimeSpan.FromMilliseconds(5) });
        scene.Control.Pause("views");
        scene.Click("view");
        scene.Run(1_000);
        var looks = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, of) =>
        {
            if (instrument.Name == "streamengage.emit.withheld" && scene.Meters.All.Contains(instrument.Meter)) of.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, looked, _, _) => looks += looked);
        listener.Start();
        scene.Run(10_000);
        Assert.InRange(looks, 50, 100);
        scene.Control.Resume("views");
        scene.Until(() => scene.PromptsOf("views") == 1, 200);
    }

    [Fact]
    public void WhatIsHeldBack_KeepsNoOtherPromptWaiting()
    {
        using var scene = new Scene([Looks, Scene.Views], settings: new() { Publish = TimeSpan.FromMilliseconds(5), Tick = TimeSpan.FromSeconds(10) });
        scene.Control.Pause("views");
        for (var round = 0; round < 20; round++)
        {
            scene.Click("view", $"u{round}");
            scene.Run(3_000);
            Assert.Equal(0, scene.PromptsOf("views"));
        }
        Assert.InRange(scene.PromptsOf("looks"), 1, 20);
        // Which of the two is sent is decided elsewhere; none of those that may leave waits for the tick.
        var waiting = scene.Lane().Outbox.Waiting().Count(entry => !OutboxWriter.IsStep(entry));
        Assert.Equal(20 - scene.PromptsOf("looks"), waiting);
    }
}
