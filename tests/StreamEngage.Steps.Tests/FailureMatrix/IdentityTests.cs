using System.Diagnostics.Metrics;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>Users who are merged or erased while their records come and go.</summary>
public sealed class IdentityTests
{
    private const string Three = """
        trigger: three
        on: {event: view}
        if: count(view) over 1h >= 3
        decide: {channels: [push], reentry: always}
        """;

    // One byte: nobody stays in memory longer than a step.
    private static readonly StepSettings _forgetful = new() { CachedBytes = 1 };

    [Fact]
    public void EventsOfAnAlias_FindTheUserWhoseTheyAre_ThoughBothHadLeftMemory()
    {
        using var scene = new Scene([Three], settings: _forgetful);
        Do(scene, "view", "a");
        Do(scene, "view", "b");
        Identify(scene, "b", "a");
        Identify(scene, "ann", "b");
        Do(scene, "view", "someone");
        Do(scene, "view", "a");
        var prompt = Assert.Single(scene.Prompts);
        Assert.Equal("ann", prompt.GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public void AnErasureReachesEveryId_ThoughNoneIsInMemory()
    {
        using var scene = new Scene([Three], settings: _forgetful);
        Do(scene, "view", "a");
        Do(scene, "view", "b");
        Identify(scene, "b", "a");
        Identify(scene, "ann", "b");
        Do(scene, "erase", "a");
        Do(scene, "view", "ann");
        Assert.Empty(scene.Prompts);
        for (var i = 0; i < 3; i++) Do(scene, "view", "a");
        Assert.Equal("a", Assert.Single(scene.Prompts).GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public void AMergeSurvivesARestart()
    {
        using var scene = new Scene([Three]);
        Do(scene, "view", "a");
        Identify(scene, "ann", "a");
        scene.Stop();
        scene.Start();
        Do(scene, "view", "a");
        Do(scene, "view", "ann");
        Assert.Equal("ann", Assert.Single(scene.Prompts).GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public void AUserOfAnotherLane_MovesAndIsOneWithTheKnownOne()
    {
        using var scene = new Scene([Three], lanes: 2, settings: _forgetful);
        Do(scene, "view", "a1");
        Do(scene, "view", "a1");
        Identify(scene, "ann", "a1");
        Do(scene, "view", "ann");
        Do(scene, "view", "a1");
        Assert.Equal(["ann", "ann"], scene.Prompts.Select(prompt => prompt.GetProperty("user").GetString()));
        Assert.Equal((1, 1), (scene.Lane(0).Engine!.Counters.Merged, scene.Lane(1).Engine!.Counters.Forwarded));
        scene.MustBeOnce();
    }

    [Fact]
    public void WhatBecomesOfIds_IsMeasured()
    {
        using var scene = new Scene([Three], lanes: 2);
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (scene.Meters.All.Contains(instrument.Meter)) to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var kind = tags.Length > 0 && tags[0].Key == "kind" ? $"{tags[0].Value}" : "";
            if (instrument.Name is "streamengage.state.identities" or "streamengage.ingest.events.forwarded" or "streamengage.state.controls.refused")
                measured[$"{instrument.Name}/{kind}"] = measured.GetValueOrDefault($"{instrument.Name}/{kind}") + value;
        });
        listener.Start();
        Identify(scene, "ann", "a1");
        Do(scene, "view", "a1");
        Identify(scene, "ann", "ann");
        Do(scene, "erase", "ann");
        Assert.Equal(
        [
            "streamengage.ingest.events.forwarded/ 1", "streamengage.state.controls.refused/ 1", "streamengage.state.identities/asked-for 1",
            "streamengage.state.identities/erased 1", "streamengage.state.identities/given-away 1", "streamengage.state.identities/merged 1",
        ], measured.Where(one => one.Value > 0).Select(one => $"{one.Key} {one.Value}"));
    }

    [Fact]
    public void ADeadlineMovesWithItsUser_AndIsOffTheFormerLane()
    {
        using var scene = new Scene([Scene.Cart], lanes: 2, settings: _forgetful);
        Do(scene, "cart_add", "a1");
        Identify(scene, "ann", "a1");
        Do(scene, "view", "bob1");
        scene.Run(310_000);
        Assert.Equal("ann", Assert.Single(scene.Prompts).GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public void AMoveIsMadeAgain_WhereTheStoreLostEverything()
    {
        using var scene = new Scene([Three], lanes: 2);
        Do(scene, "view", "a1");
        Do(scene, "view", "a1");
        Identify(scene, "ann", "a1");
        scene.Memory.Wipe();
        scene.Run(5_000);
        Do(scene, "view", "a1");
        Assert.Equal("ann", Assert.Single(scene.Prompts).GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public void AChainOverThreeLanes_AndItsErasure()
    {
        using var scene = new Scene([Three], lanes: 3, settings: _forgetful);
        Do(scene, "view", "a1");
        Do(scene, "view", "b2");
        Identify(scene, "ann", "b2");
        Identify(scene, "b2", "a1");
        Do(scene, "view", "a1");
        Assert.Equal("ann", Assert.Single(scene.Prompts).GetProperty("user").GetString());
        Do(scene, "erase", "a1");
        Do(scene, "view", "a1");
        Do(scene, "view", "b2");
        Do(scene, "view", "ann");
        Assert.Single(scene.Prompts);
        scene.MustBeOnce();
    }

    [Fact]
    public void AnErrandOfANewerEngine_ParksTheLane()
    {
        using var scene = new Scene([Three]);
        scene.Told(new LaneMessage(MessageKind.Errand, 0, 1, new byte[] { 99, 1, 2 }).Encode());
        scene.Run(1_000);
        Assert.Equal(Observe.LaneState.Parked, scene.Status().State);
    }

    private static void Identify(Scene scene, string user, string anonymous) => Do(scene, "identify", user, new { anonymous });

    private static void Do(Scene scene, string type, string user, object? props = null)
    {
        scene.Click(type, user, scene.LaneOf(new(user)), props);
        scene.Run(2_000);
    }
}
