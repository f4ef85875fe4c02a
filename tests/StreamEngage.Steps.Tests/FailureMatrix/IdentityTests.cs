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
    public void AnAnonymousUserOfWhomTheLaneKnowsNothing_IsCounted()
    {
        using var scene = new Scene([Three], lanes: 2);
        scene.Click("view", "a", lane: 1);
        scene.Run(2_000);
        Identify(scene, "ann", "a");
        Assert.Equal(1, scene.Lane().Engine!.Counters.IdentifiesElsewhere);
    }

    private static void Identify(Scene scene, string user, string anonymous) => Do(scene, "identify", user, new { anonymous });

    private static void Do(Scene scene, string type, string user, object? props = null)
    {
        scene.Click(type, user, props: props);
        scene.Run(2_000);
    }
}
