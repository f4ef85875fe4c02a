using System.Text;
using System.Text.Json;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What lanes tell each other: statistics of all of them, events of others, and what is no message.</summary>
public sealed class ExchangeTests
{
    private const string Harmful = """
        trigger: nag
        on: {event: view}
        decide: {channels: [email], reentry: always, holdout: 0.5, pause_on_harm: true}
        goal: {event: purchase, within: 1h}
        """;

    [Fact]
    public void WhatUsersOfTwoLanesDid_PausesTheTriggerInBoth()
    {
        using var scene = Harmed(out var before);
        for (var user = 400; user < 500; user++) scene.Click("view", $"u{user}", user % 2);
        scene.Run(2_000);
        Assert.Equal(before, scene.PromptsOf("nag"));
        scene.MustBeOnce();
    }

    [Fact]
    public void ANewOwner_GoesOnWithWhatTheLanesWereTold()
    {
        using var scene = Harmed(out var before);
        scene.Stop();
        scene.Start();
        for (var user = 400; user < 500; user++) scene.Click("view", $"u{user}", user % 2);
        scene.Run(2_000);
        Assert.Equal(before, scene.PromptsOf("nag"));
        // The store gone, everything is made again from the logs.
        scene.Memory.Wipe();
        scene.Run(5_000);
        for (var user = 500; user < 600; user++) scene.Click("view", $"u{user}", user % 2);
        scene.Run(2_000);
        Assert.Equal(before, scene.PromptsOf("nag"));
        scene.MustBeOnce();
    }

    [Fact]
    public void UsersOfTwoLanes_AreRankedAmongAll()
    {
        const string best = "trigger: best\non: {event: view}\nif: user.f_score = 4\ndecide: {channels: [email]}\n";
        using var scene = new Scene([best], lanes: 2);
        // Of one lane alone all are alike.
        for (var user = 0; user < 40; user++)
            for (var time = 0; time < (user % 2 == 0 ? 1 : 3); time++) scene.Click("purchase", $"u{user}", user % 2);
        scene.Run(130_000);
        for (var user = 0; user < 40; user++) scene.Click("view", $"u{user}", user % 2);
        scene.Run(2_000);
        Assert.Equal(20, scene.PromptsOf("best"));
        scene.MustBeOnce();
    }

    [Fact]
    public void AnEventThatALaneIsTold_CountsAsOneOfItsInput()
    {
        using var scene = new Scene([Scene.Views]);
        var line = JsonSerializer.SerializeToUtf8Bytes(new { id = "e", user = "u1", type = "view", at = scene.Now });
        scene.Told(new LaneMessage(MessageKind.Event, LaneMessage.NoLane, 0, line).Encode());
        scene.Run(1_000);
        Assert.Equal(1, scene.PromptsOf("views"));
        // A person's command may be sent twice: the event has one id.
        scene.Told(new LaneMessage(MessageKind.Event, LaneMessage.NoLane, 0, line).Encode());
        scene.Run(1_000);
        Assert.Equal(1, scene.PromptsOf("views"));
    }

    [Fact]
    public void AMessageThatComesTwice_IsTakenOnce()
    {
        using var scene = new Scene([Scene.Views]);
        foreach (var (number, id) in (ReadOnlySpan<(long, string)>)[(7, "a"), (8, "b"), (7, "a again"), (8, "b again"), (9, "c")])
        {
            var line = JsonSerializer.SerializeToUtf8Bytes(new { id, user = "u1", type = "view", at = scene.Now });
            scene.Told(new LaneMessage(MessageKind.Event, 3, number, line).Encode());
        }
        scene.Run(1_000);
        Assert.Equal(3, scene.PromptsOf("views"));
    }

    [Fact]
    public void WhatIsNoMessage_IsQuarantinedAndTheLaneGoesOn()
    {
        using var scene = new Scene([Scene.Views]);
        scene.Told(Encoding.UTF8.GetBytes("no message"));
        scene.Click("view");
        scene.Run(1_000);
        Assert.Equal("not-message", scene.Quarantine.Single().Headers.Single(header => header.Key == "reason").Value);
        Assert.Equal((1, LaneState.Running), (scene.PromptsOf("views"), scene.Status().State));
    }

    [Fact]
    public void AMessageOfANewerEngine_ParksTheLane()
    {
        using var scene = new Scene([Scene.Views]);
        scene.Told(new LaneMessage((MessageKind)250, 0, 1, default).Encode());
        scene.Run(1_000);
        Assert.Equal(LaneState.Parked, scene.Status().State);
        Assert.Contains("record 0 of exchange was written by a newer version", scene.Status().Why, StringComparison.Ordinal);
    }

    [Fact]
    public void ALaneThatWasWrittenBeforeThereWereMessages_GoesOn()
    {
        var old = new LaneHead { Number = 7, Applied = new([5]), Source = default, Rulebook = "1" };
        Assert.Equal(new([5, 3]), new InputPosition([0, 3]).After(old.Applied));
    }

    /// <summary>400 users of two lanes saw something, and only those who got no prompt bought. No lane alone knows enough to tell.</summary>
    private static Scene Harmed(out int prompts)
    {
        var scene = new Scene([Harmful], lanes: 2);
        for (var user = 0; user < 400; user++) scene.Click("view", $"u{user}", user % 2);
        scene.Run(2_000);
        var prompted = scene.Prompts.Select(prompt => prompt.GetProperty("user").GetString()).ToHashSet();
        for (var user = 0; user < 400; user++)
            if (!prompted.Contains($"u{user}")) scene.Click("purchase", $"u{user}", user % 2);
        scene.Run(130_000);
        prompts = scene.PromptsOf("nag");
        Assert.Equal(prompted.Count, prompts);
        return scene;
    }
}
