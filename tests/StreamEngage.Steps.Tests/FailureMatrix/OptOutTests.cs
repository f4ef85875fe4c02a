namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What waits to be published when its user opts out is not published; what another user or purpose waits for is.</summary>
public sealed class OptOutTests
{
    private const string News = """
        trigger: news
        on: {event: search}
        decide: {channels: [email], reentry: always, purpose: news}
        """;

    private static readonly string[] _rules = [Scene.Views, News];

    [Fact]
    public void AnOptOutWhileThePromptWaits_WithdrawsItAndNoOther()
    {
        using var scene = Waiting(out var optOut);
        optOut();
        scene.Control.IsKilled = false;
        scene.Run(2_000);
        Assert.Equal(["news u1", "news u2", "views u2"], Visible(scene));
        Assert.Equal(0, scene.Lane().Outbox.Count);
    }

    [Fact]
    public void AnOwnerWhoDiesThereafter_LeavesItWithdrawn()
    {
        using var scene = Waiting(out var optOut);
        optOut();
        // Neither what waits nor that it was withdrawn has reached the journal.
        scene.Broker.Owner[0] = ("", ++scene.Broker.Generation);
        scene.Start();
        scene.Control.IsKilled = false;
        scene.Run(2_000);
        Assert.Equal(["news u1", "news u2", "views u2"], Visible(scene));
        scene.Memory.Wipe();
        scene.Run(5_000);
        Assert.Equal(["news u1", "news u2", "views u2"], Visible(scene));
    }

    [Fact]
    public void AGrantAfterTheOptOut_BringsNothingBack()
    {
        using var scene = Waiting(out var optOut);
        optOut();
        scene.Click("consent_update", props: new { purpose = "marketing", status = "granted" });
        scene.Run(500);
        scene.Control.IsKilled = false;
        scene.Run(2_000);
        Assert.Equal(["news u1", "news u2", "views u2"], Visible(scene));
        scene.Click("view");
        scene.Run(2_000);
        Assert.Equal(["news u1", "news u2", "views u1", "views u2"], Visible(scene));
    }

    [Fact]
    public void AnErasure_WithdrawsAllThatWaitsForTheUser()
    {
        using var scene = Waiting(out _);
        scene.Click("erase");
        scene.Run(500);
        scene.Control.IsKilled = false;
        scene.Run(2_000);
        Assert.Equal(["news u2", "views u2"], Visible(scene));
    }

    /// <summary>Both triggers have decided for two users while nothing may be published.</summary>
    private static Scene Waiting(out Action optOut)
    {
        var scene = new Scene(_rules);
        scene.Control.IsKilled = true;
        foreach (var (type, user) in (ReadOnlySpan<(string, string)>)[("view", "u1"), ("search", "u1"), ("view", "u2"), ("search", "u2")])
            scene.Click(type, user);
        scene.Run(500);
        Assert.Equal([], Visible(scene));
        optOut = () =>
        {
            scene.Click("consent_update", props: new { purpose = "marketing", status = "denied" });
            scene.Run(500);
        };
        return scene;
    }

    private static List<string> Visible(Scene scene) =>
        [.. scene.Prompts.Select(prompt => $"{prompt.GetProperty("trigger")} {prompt.GetProperty("user")}").Order(StringComparer.Ordinal)];
}
