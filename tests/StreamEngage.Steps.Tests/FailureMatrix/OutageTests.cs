using StreamEngage.Steps.Observe;
using Xunit.Abstractions;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What stands around the engine is away, full or slow. Times are of the simulated world.</summary>
public sealed class OutageTests(ITestOutputHelper output)
{
    private const long Minute = 60_000;

    private static readonly string[] _rules = [Scene.Cart, Scene.Views];

    [Fact]
    public void StoreAwayForTenMinutes_LanesPauseAndNoAbsenceFiresThatWasCancelledMeanwhile()
    {
        using var scene = new Scene(_rules, settings: new() { WaitingRecords = 200 });
        var added = scene.Now;
        scene.Click("cart_add", "buys");
        scene.Click("cart_add", "leaves");
        scene.Run(Minute);
        scene.Store.IsDown = true;
        var lanes = scene.Engine.Lanes.ToList();
        for (var second = 0; second < 600; second++)
        {
            if (second == 120) scene.Click("purchase", "buys");
            scene.Click("view", "looks");
            scene.Run(1_000);
            Assert.True(scene.Pulse.Age < TimeSpan.FromSeconds(1), "the loop stood still");
            Assert.InRange(scene.Lane().Inbox.Count, 0, 205);
        }
        Assert.Equal(lanes, scene.Engine.Lanes);
        Assert.Equal((LaneState.Paused, "the store is away"), (scene.Status().State, scene.Status().Why));
        Assert.Equal(0, scene.PromptsOf("cart"));
        scene.Store.IsDown = false;
        var took = scene.Until(() => scene.Status().IsCaughtUp && scene.PromptsOf("cart") == 1, 10 * Minute / 5);
        output.WriteLine($"10 minutes of input caught up in {took} ms");
        scene.Run(10 * Minute);
        var cart = Assert.Single(scene.Prompts, prompt => prompt.GetProperty("trigger").GetString() == "cart");
        Assert.Equal("leaves", cart.GetProperty("user").GetString());
        Assert.True(scene.Now > added + 5 * Minute);
        Assert.Equal(600, scene.PromptsOf("views"));
        scene.MustBeOnce();
    }

    [Fact]
    public void StoreThatRefusesToWrite_PausesTheLaneAndGetsEachStepOnce()
    {
        using var scene = new Scene(_rules);
        scene.Memory.IsFull = true;
        for (var i = 0; i < 50; i++) scene.Click("view", $"u{i}");
        scene.Run(10_000);
        Assert.Equal((LaneState.Paused, "the store refuses to write"), (scene.Status().State, scene.Status().Why));
        Assert.Equal(0, scene.Memory.UsersOf(0));
        scene.Memory.IsFull = false;
        scene.Run(2_000);
        Assert.Equal(50, scene.PromptsOf("views"));
        scene.MustBeOnce();
    }

    [Fact]
    public void TenThousandUnansweredCalls_NoStepIsWrittenTwice()
    {
        using var scene = new Scene(_rules, settings: new() { Retry = TimeSpan.FromMilliseconds(5), BatchRecords = 1 });
        scene.Faults[Simulation.Fault.StoreLostReply] = 60;
        while (scene.Store.Unanswered < 10_000)
        {
            scene.Click("view", $"u{scene.Broker.Input[0].Count % 7}");
            scene.Run(10);
        }
        scene.Faults.AreOver = true;
        scene.Until(() => scene.Lane().Applied?[0] == scene.Broker.Input[0].Count && scene.Lane().Outbox.Count == 0, 10 * Minute);
        scene.MustBeOnce();
        output.WriteLine($"{scene.Store.Unanswered} unanswered; {string.Join(", ", scene.Store.Verdicts)}");
        Assert.True(scene.Store.Verdicts[PrepareVerdict.Already] > 1_000);
        Assert.Equal(0, scene.Store.Verdicts.GetValueOrDefault(PrepareVerdict.Fenced));
    }

    [Fact]
    public void AllBrokersAwayForAMinute_BuffersAreBoundedAndPromptsComeWithinSeconds()
    {
        using var scene = new Scene(_rules, settings: new() { WaitingRecords = 100, OutboxEntries = 50, OutboxResume = 20 });
        for (var i = 0; i < 30; i++) scene.Click("view", $"u{i}");
        scene.Log.IsDown = true;
        for (var second = 0; second < 60; second++)
        {
            scene.Run(1_000);
            Assert.InRange(scene.Lane().Inbox.Count, 0, 105);
            Assert.InRange(scene.Lane().Outbox.Count, 0, 50 + 200);
        }
        Assert.Equal(0, scene.PromptsOf("views"));
        Assert.True(scene.Status().Why is { Length: > 0 });
        scene.Log.IsDown = false;
        var took = scene.Until(() => scene.PromptsOf("views") == 30, 5_000);
        output.WriteLine($"went on after {took} ms");
        scene.MustBeOnce();
    }

    [Fact]
    public void ChannelTopicThatTakesNothing_OutboxIsBoundedThenInputPausesAndTheOldestGoFirst()
    {
        using var scene = new Scene(_rules, settings: new() { WaitingRecords = 100, OutboxEntries = 50, OutboxResume = 20, BatchRecords = 10 });
        scene.Log.IsFull = true;
        for (var i = 0; i < 1_000; i++) scene.Click("view", $"u{i}");
        scene.Run(Minute);
        // One step's records go over the bound: each is a prompt, and the step is one entry more.
        Assert.InRange(scene.Lane().Outbox.Count, 50, 50 + 10 + 1);
        Assert.True(scene.Lane().IsPaused);
        Assert.InRange(scene.Lane().Inbox.Count, 100, 105);
        Assert.Equal(LaneState.Paused, scene.Status().State);
        Assert.Contains("wait to be published", scene.Status().Why, StringComparison.Ordinal);
        scene.Log.IsFull = false;
        scene.Until(() => scene.PromptsOf("views") == 1_000, Minute);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => $"u{i}"), scene.Prompts.Select(prompt => prompt.GetProperty("user").GetString()));
        scene.MustBeOnce();
    }

    [Fact]
    public void OutboxAtItsBound_HoldsDeadlinesBackAsWell_OneEntryBeforeItDoesNot()
    {
        using var measured = Filled(bound: 10_000);
        var entries = measured.Lane().Outbox.Count;
        using var room = Filled(bound: entries + 1);
        using var full = Filled(bound: entries);
        Assert.Null(room.Status().Why);
        Assert.NotNull(full.Status().Why);
        room.Run(6 * Minute);
        full.Run(6 * Minute);
        Assert.InRange(room.Lane().Outbox.Count, entries + 1, entries + 5);
        Assert.Equal(entries, full.Lane().Outbox.Count);

        static Scene Filled(int bound)
        {
            var scene = new Scene(_rules, settings: new() { OutboxEntries = bound, OutboxResume = 1 });
            scene.Log.IsFull = true;
            scene.Click("cart_add", "leaves");
            for (var i = 0; i < 20; i++) scene.Click("view", $"u{i}");
            scene.Run(2_000);
            return scene;
        }
    }

    [Fact]
    public void BacklogAfterAnOutage_IsPublishedInJournalRecordsOfABoundedSize()
    {
        using var scene = new Scene(_rules, settings: new() { JournalBytes = 1_000, BatchRecords = 2 });
        scene.Log.IsFull = true;
        for (var i = 0; i < 400; i++) scene.Click("view", $"u{i}");
        scene.Run(Minute);
        scene.Log.IsFull = false;
        scene.Until(() => scene.PromptsOf("views") == 400, Minute);
        Assert.All(scene.Broker.Journal[0], entry => Assert.InRange(entry.Record.Length, 1, 2_000));
        // What a journal record settles was decided by steps that it, or one before it, tells of.
        scene.MustBeOnce();
    }

    [Fact]
    public void OneSlowLane_HoldsNoOtherUpAndItsInboxIsBounded()
    {
        using var scene = new Scene(_rules, lanes: 2, settings: new() { WaitingRecords = 100 });
        scene.Store.SlowLane = 0;
        for (var i = 0; i < 2_000; i++) scene.Click("view", $"a{i}", lane: 0);
        for (var i = 0; i < 20; i++)
        {
            scene.Click("view", $"b{i}", lane: 1);
            var took = scene.Until(() => scene.Prompts.Count(prompt => prompt.GetProperty("user").GetString()!.StartsWith('b')) == i + 1, 500);
            Assert.InRange(scene.Lane(0).Inbox.Count, 0, 105);
            Assert.InRange(took, 0, 500);
        }
    }

    [Fact]
    public void BurstOfOneHotUser_OtherLanesKeepTheirTimeAndQueuesAreBounded()
    {
        using var scene = new Scene([Scene.Cart, Scene.Views], lanes: 2, settings: new() { WaitingRecords = 500, OutboxEntries = 300, OutboxResume = 100 });
        long Slowest(int clicks, int burst)
        {
            var slowest = 0L;
            for (var i = 0; i < clicks; i++)
            {
                var before = scene.PromptsOf("views", lane: 1);
                for (var j = 0; j < burst; j++) scene.Click("view", "hot", lane: 0);
                scene.Click("view", $"b{i}", lane: 1);
                slowest = Math.Max(slowest, scene.Until(() => scene.PromptsOf("views", lane: 1) > before, 1_000));
                Assert.InRange(scene.Lane(0).Inbox.Count, 0, 505);
                Assert.InRange(scene.Lane(0).Outbox.Count, 0, 300 + 201);
            }
            return slowest;
        }
        var quiet = Slowest(20, 1);
        var loud = Slowest(20, 100);
        output.WriteLine($"slowest prompt of the other lane: {quiet} ms, beside the burst {loud} ms");
        Assert.InRange(loud, 0, 2 * quiet);
    }
}
