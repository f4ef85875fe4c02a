using System.Diagnostics.Metrics;
using StreamEngage.Steps.Observe;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>Another rulebook comes into force in lanes that run, restart, and lose what they had.</summary>
public sealed class RulebookChangeTests
{
    private const string Bought = """
        trigger: bought
        on: {event: purchase}
        decide: {channels: [push], reentry: always}
        """;

    private const string Keen = """
        trigger: keen
        on: {segment: keen, edge: enter}
        decide: {channels: [push]}
        """;

    // One byte: nobody stays in memory longer than a step.
    private static readonly StepSettings _forgetful = new() { CachedBytes = 1 };

    [Fact]
    public void EventsBehindTheMessage_AreDecidedByTheNewRulebook()
    {
        using var scene = new Scene([Scene.Views]);
        scene.Click("view");
        scene.Run(1_000);
        scene.Publish("2", [Bought]);
        scene.Run(1_000);
        Assert.Equal("2", scene.Status().Rulebook);
        scene.Click("view");
        scene.Click("purchase");
        scene.Run(1_000);
        Assert.Equal((1, 1), (scene.PromptsOf("views"), scene.PromptsOf("bought")));
        Assert.Contains(scene.Notices, notice => notice.Kind == NoticeKind.RulebookChanged);
        scene.MustBeOnce();
    }

    [Fact]
    public void WhatAPublicationBrings_IsMeasuredUnderItsName()
    {
        using var scene = new Scene([Scene.Views]);
        var measured = new SortedDictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, to) =>
        {
            if (scene.Meters.All.Contains(instrument.Meter)) to.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name is not ("streamengage.emit.prompts" or "streamengage.detect.candidates")) return;
            var name = $"{instrument.Name} {string.Join(' ', tags.ToArray().Select(tag => tag.Value))}";
            measured[name] = measured.GetValueOrDefault(name) + value;
        });
        listener.Start();
        scene.Click("view");
        scene.Run(1_000);
        scene.Publish("2", [Bought.Replace("push", "sms", StringComparison.Ordinal)]);
        scene.Run(1_000);
        scene.Click("purchase");
        scene.Run(1_000);
        Assert.Equal(
        [
            "streamengage.detect.candidates bought 1", "streamengage.detect.candidates views 1",
            "streamengage.emit.prompts bought sms send 1", "streamengage.emit.prompts views email send 1",
        ], measured.Select(one => $"{one.Key} {one.Value}"));
    }

    [Fact]
    public void TheSameVersionAgain_ChangesNothing_AndALaneThatMissedItHasItThen()
    {
        using var scene = new Scene([Scene.Views], lanes: 2);
        scene.Publish("2", [Bought], 0);
        scene.Run(1_000);
        Assert.Equal(("2", "1"), (scene.Status(0).Rulebook, scene.Status(1).Rulebook));
        scene.Publish("2", [Bought]);
        scene.Run(1_000);
        Assert.Equal(("2", "2"), (scene.Status(0).Rulebook, scene.Status(1).Rulebook));
        Assert.All(scene.Engine.Lanes, lane => Assert.Equal(1, lane.Engine!.Reigns.Now.Number));
    }

    [Fact]
    public void WhatIsUnderWay_GoesOnForUsersWhoAreInNobodysMemory()
    {
        using var scene = new Scene([Scene.Cart, Scene.Views], settings: _forgetful);
        scene.Click("cart_add", "ann");
        scene.Click("cart_add", "bob");
        scene.Run(60_000);
        scene.Publish("2", [Scene.Cart]);
        scene.Publish("3", [Scene.Cart, Bought]);
        scene.Run(60_000);
        scene.Click("purchase", "bob");
        scene.Run(240_000);
        Assert.Equal("ann", Assert.Single(scene.Prompts, prompt => prompt.GetProperty("trigger").GetString() == "cart").GetProperty("user").GetString());
        Assert.Equal(1, scene.PromptsOf("bought"));
        scene.MustBeOnce();
    }

    [Fact]
    public void StagesThatAreBrought_KnowWhoWasThereBefore()
    {
        using var scene = new Scene([Scene.Views], settings: _forgetful);
        scene.Click("view", "ann");
        scene.Run(1_000);
        scene.Publish("2", ["trigger: hello\non: {segment: lifecycle/new, edge: enter}\ndecide: {channels: [push]}\n"]);
        scene.Run(1_000);
        scene.Click("view", "ann");
        scene.Click("view", "bob");
        scene.Run(1_000);
        Assert.Equal("bob", Assert.Single(scene.Prompts, prompt => prompt.GetProperty("trigger").GetString() == "hello").GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public async Task UsersWhoseDeadlinesAreGone_AreInNobodysWay()
    {
        using var scene = new Scene([Scene.Cart], settings: new() { DueUsers = 2, CachedBytes = 1 });
        for (var user = 0; user < 20; user++) scene.Click("cart_add", $"u{user}");
        scene.Run(60_000);
        scene.Publish("2", [Scene.Cart.Replace("trigger: cart", "trigger: basket", StringComparison.Ordinal)]);
        scene.Run(1_000);
        for (var user = 20; user < 25; user++) scene.Click("cart_add", $"u{user}");
        scene.Run(400_000);
        Assert.Equal((0, 5), (scene.PromptsOf("cart"), scene.PromptsOf("basket")));
        Assert.Empty((await scene.Memory.LoadAsync(0, [], long.MaxValue, dueMax: 100, CancellationToken.None)).Due);
        scene.MustBeOnce();
    }

    [Fact]
    public void ANewSegment_FindsItsMembersWithoutAnEdge()
    {
        const string segment = "segment: keen\nif: count(view) over 1h >= 2\n";
        using var scene = new Scene([Scene.Views, "trigger: twice\non: {event: view}\nif: count(view) over 1h >= 2\ndecide: {channels: [email]}\n"],
            settings: _forgetful);
        foreach (var user in (string[])["ann", "ann", "bob"]) scene.Click("view", user);
        scene.Run(1_000);
        var files = Scene.FilesOf([Keen, "trigger: twice\non: {event: view}\nif: count(view) over 1h >= 2\ndecide: {channels: [email]}\n"]);
        files["segments/keen.yaml"] = segment;
        scene.Broker.Tell(0, MessageKind.Rulebook, new RulebookText("2", files).Encode()!, scene.Now);
        scene.Run(1_000);
        foreach (var user in (string[])["ann", "bob"]) scene.Click("view", user);
        scene.Run(1_000);
        Assert.Equal("bob", Assert.Single(scene.Prompts, prompt => prompt.GetProperty("trigger").GetString() == "keen").GetProperty("user").GetString());
        scene.MustBeOnce();
    }

    [Fact]
    public void ARestartWithAnOldFolder_GoesOnWithWhatWasPublished()
    {
        using var scene = new Scene([Scene.Cart, Scene.Views], settings: _forgetful);
        scene.Click("cart_add", "ann");
        scene.Run(1_000);
        scene.Publish("2", [Scene.Cart, Bought]);
        scene.Run(1_000);
        scene.Stop();
        scene.Start();
        Assert.Equal("2", scene.Status().Rulebook);
        Assert.Contains(scene.Notices, notice => notice.Kind == NoticeKind.RulebookKept);
        scene.Click("view");
        scene.Click("purchase");
        scene.Run(400_000);
        Assert.Equal((0, 1, 1), (scene.PromptsOf("views"), scene.PromptsOf("bought"), scene.PromptsOf("cart")));
        scene.MustBeOnce();
    }

    [Fact]
    public void AStoreThatLostEverything_IsMadeAgainWithTheChangeAtItsPlace()
    {
        using var scene = new Scene([Scene.Cart, Scene.Views]);
        scene.Click("view", "ann");
        scene.Click("cart_add", "ann");
        scene.Run(1_000);
        scene.Publish("2", [Scene.Cart, Bought]);
        scene.Run(1_000);
        scene.Click("view", "ann");
        scene.Click("purchase", "bob");
        scene.Run(1_000);
        scene.Memory.Wipe();
        scene.Run(5_000);
        Assert.Equal(("2", LaneState.Running), (scene.Status().Rulebook, scene.Status().State));
        scene.Run(400_000);
        Assert.Equal((1, 1, 1), (scene.PromptsOf("views"), scene.PromptsOf("bought"), scene.PromptsOf("cart")));
        scene.MustBeOnce();
    }

    [Fact]
    public void MoreChangesThanAreRemembered_LeaveTheLaneRunning()
    {
        using var scene = new Scene([Scene.Cart], settings: _forgetful);
        scene.Click("cart_add", "ann");
        scene.Run(1_000);
        for (var version = 2; version < LaneReigns.KeptMax + 6; version++) scene.Publish($"{version}", [Scene.Cart, $"{Bought}\nversion: {version}\n"]);
        scene.Run(10_000);
        scene.Stop();
        scene.Start();
        Assert.True(scene.Status().State == LaneState.Running, scene.Status().Why);
        Assert.Equal((5, LaneReigns.KeptMax + 4), (scene.Lane().Engine!.Reigns.Oldest, scene.Lane().Engine!.Reigns.Now.Number));
        scene.Run(400_000);
        Assert.Equal(1, scene.PromptsOf("cart"));
    }

    [Fact]
    public void ARulebookThatThisVersionCannotRead_ParksTheLane()
    {
        using var scene = new Scene([Scene.Views]);
        scene.Publish("2", ["trigger: x\non: {telepathy: view}\n"]);
        scene.Run(1_000);
        Assert.Equal(LaneState.Parked, scene.Status().State);
        Assert.Contains("rulebook 2", scene.Status().Why, StringComparison.Ordinal);
    }
}
