using StreamEngage.Testing;

namespace StreamEngage.Tests.Rulebooks.Scenarios;

/// <summary>What a service says to its users over days.</summary>
public sealed class JourneysScenarioTests
{
    [Fact]
    public void TrialWelcome_OfWhoUsesIt_EndsInAnOffer()
    {
        var user = Trial().At("12:00").Does("signup", ("plan", "pro")).At("13:00").Creates("p1");
        foreach (var day in new[] { "1d 13:00", "2d 13:00", "3d 12:59" }) user.At(day).Does("session_open");
        Assert.Equal(["12:00:00 trial-hello", "3d 13:00:00 trial-offer"], Said(user.ForEver()));
        Assert.Equal(["pro", "3"], user.Commands[1].Data.Select(field => field.Value.ToString()));
    }

    [Fact]
    public void TrialWelcome_OfWhoStaysAway_EndsInATipForTheirProject()
    {
        var user = Trial().At("12:00").Does("signup", ("plan", "pro")).At("13:00").Creates("p1").ForEver();
        Assert.Equal(["12:00:00 trial-hello", "3d 13:00:00 trial-tip"], Said(user));
        Assert.Equal("p1", user.Commands[1].Data[0].Value.ToString());
    }

    [Theory]
    [InlineData("2d 12:00", "12:00:00 trial-hello, 5d 12:00:00 trial-tip")]
    [InlineData("2d 12:00:00.001", "12:00:00 trial-hello, 2d 12:00:00 trial-nudge, 5d 12:00:00.001 trial-tip")]
    [InlineData("5d 12:00", "12:00:00 trial-hello, 2d 12:00:00 trial-nudge, 8d 12:00:00 trial-tip")]
    [InlineData("5d 12:00:00.001", "12:00:00 trial-hello, 2d 12:00:00 trial-nudge")]
    public void TrialWelcome_WaitsTwoDaysAndThreeMoreForAProject(string created, string said) =>
        Assert.Equal(said, string.Join(", ", Said(Trial().At("12:00").Does("signup", ("plan", "pro")).At(created).Creates("p1").ForEver())));

    [Fact]
    public void TrialWelcome_EndsWithTheSubscription()
    {
        var user = Trial().At("12:00").Does("signup", ("plan", "pro")).At("1d 12:00").Does("subscribe", ("plan", "pro"), ("value", 20)).ForEver();
        Assert.Equal(["12:00:00 trial-hello"], Said(user));
    }

    [Fact]
    public void InvitePending_RemindsOfEachProjectThatIsNotAccepted()
    {
        var user = EngineHarness.Load(ReadyMade.Folder("journeys"), "invite-pending").At("12:00").Does("invite_sent", ("project", "a"));
        user.At("13:00").Does("invite_sent", ("project", "b")).At("20:00").Does("invite_accepted", ("project", "a"));
        user.At("3d 12:00").Does("session_open").ForEver();
        Assert.Equal(["1d 13:00:00 invite-remind", "4d 13:00:00 invite-last"], Said(user));
        Assert.All(user.Commands, prompt => Assert.Equal("b", prompt.Instance));
    }

    private static EngineHarness Trial() => EngineHarness.Load(ReadyMade.Folder("journeys"), "trial-welcome");

    private static IEnumerable<string> Said(EngineHarness engine) =>
        engine.Prompts.Zip(engine.Commands, (words, prompt) => words.Replace($" {prompt.Trigger}", $" {prompt.Template}", StringComparison.Ordinal));
}

/// <summary>What users of the service do, in words.</summary>
internal static class JourneyUser
{
    public static EngineHarness Creates(this EngineHarness user, string project) =>
        user.Does("project_created", ("project", project), ("template", "blank"));
}
