using StreamEngage.Decide;
using StreamEngage.Host.Explaining;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>Steps of a journey are explained as triggers are, and a live one says where it stands.</summary>
public sealed class JourneyExplanationTests
{
    private const long Noon = 1_767_268_800_000, Minute = 60_000;
    private const string On = "trigger: t\non: {event: click}\nexit: bye\n";
    private const string Two = "steps:\n  - {prompt: {}, name: one}\n  - wait: 1h\n  - {prompt: {if: \"count(view) over 1h >= 2\"}, name: two}\n";

    [Fact]
    public void AStepsCondition_IsItsOwn()
    {
        var (premise, outcome) = Last(On + Two, "", ("click", 0), ("view", 10));
        Assert.Equal(("two", Reason.Predicate), (outcome.Last.Step, outcome.Last.Reason));
        Assert.Equal("the rule said `count(view) over 1h >= 1` instead of `count(view) over 1h >= 2`", Smallest(premise, outcome));
    }

    [Fact]
    public void TheValuesAStepSaw_AreThoseOfItsInstant()
    {
        var (premise, outcome) = Last(On + Two, "", ("click", 0), ("view", 10));
        var explanation = Explanation.Of(premise, premise.Trigger("t")!, outcome, new(Noon));
        Assert.Contains(explanation.Terms, term => term is { Text: "count(view) over 1h", Value: { Number: 1 } });
        Assert.Contains("t step \"two\": suppressed, predicate", new ExplanationText(explanation).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void AStepsCap_HasOneMoreSlot()
    {
        const string Steps = "steps:\n  - {prompt: {}, name: one}\n  - wait: 1h\n  - {prompt: {}, name: two}\n";
        var (premise, outcome) = Last(On + Steps, "caps: [{limit: 1, per: 24h}]\n", ("click", 0));
        Assert.Equal("the cap `1 per 1d` had 1 more slot", Smallest(premise, outcome));
    }

    [Fact]
    public void AlreadyIn_IsAnExitBefore()
    {
        var (premise, _) = Last(On + Two, "", ("click", 0), ("click", 10));
        var outcome = Course.Of(premise).Outcomes.Single(one => one.Last.Reason == Reason.AlreadyIn);
        Assert.Equal("its journey is under way", outcome.Last.Gates[^1].Detail);
        Assert.NotEmpty(FlipSearch.For(premise, outcome).Search(outcome, alternatives: 0));
    }

    [Theory]
    [InlineData(0, "waits at step \"2\" until 2026-01-01T13:00:00.000Z")]
    [InlineData(59, "waits at step \"2\" until 2026-01-01T13:00:00.000Z")]
    [InlineData(60, null)]
    public void ALiveJourney_SaysWhereItStands(int minutes, string? says)
    {
        var (premise, outcome) = Last(On + Two, "", ("click", 0));
        var explanation = Explanation.Of(premise, premise.Trigger("t")!, outcome, new(Noon + minutes * Minute));
        Assert.Equal(says is null ? 0 : 1, explanation.Journeys.Count);
        Assert.All(explanation.Journeys, journey => Assert.Contains(says!, journey, StringComparison.Ordinal));
        Assert.Contains("\"journeys\":[", ExplanationJson.Of("u", [explanation]), StringComparison.Ordinal);
    }

    [Fact]
    public void AJourneyThatHasNotPromptedYet_SaysWhereItStands()
    {
        var premise = Stream(On + "steps:\n  - {wait: 1h, name: pause}\n  - prompt: {}\n", "", ("click", 0)).Premise("u");
        var explanation = Explanation.OfNone(premise, premise.Trigger("t")!, new(Noon + Minute));
        var text = new ExplanationText(explanation).ToString();
        Assert.Contains("that began at 2026-01-01T12:00:00.000Z waits at step \"pause\"", text, StringComparison.Ordinal);
    }

    private static string Smallest(Premise premise, Outcome outcome)
    {
        var flip = Assert.Single(FlipSearch.For(premise, outcome).Search(outcome, alternatives: 0));
        Assert.True(Course.Of(flip.Apply(premise)).Find(outcome) is { IsSent: true });
        return flip.Says;
    }

    private static (Premise Premise, Outcome Outcome) Last(string rule, string policy, params (string Type, int Minutes)[] events)
    {
        var premise = Stream(rule, policy, events).Premise("u");
        return (premise, Course.Of(premise).Outcomes[^1]);
    }

    private static ExplainedStream Stream(string rule, string policy, params (string Type, int Minutes)[] events) => new(
        ExplainedStream.Read(("t.yaml", rule), ("policy.yaml", policy.Length == 0 ? "time_zone: UTC\n" : policy)),
        [.. events.Select((e, i) => $$$"""{"id":"e{{{i}}}","user":"u","type":"{{{e.Type}}}","at":{{{Noon + e.Minutes * Minute}}}}""")]);
}
