using StreamEngage.Emit;
using StreamEngage.Testing;

namespace StreamEngage.Journeys;

/// <summary>Every kind of step, at its boundaries.</summary>
public sealed class JourneyStepTests
{
    private const string Head = "trigger: t\non: {event: signup, as: s}\n";

    [Fact]
    public void Steps_AreTakenOneAfterTheOther()
    {
        var engine = With("steps:\n  - prompt: {template: hello}\n  - wait: 1d\n  - prompt: {template: tip}\n  - wait: 2d\n  - prompt: {template: last}\n");
        engine.At("12:00").Does("signup").ForEver();
        Assert.Equal(["12:00:00 hello", "1d 12:00:00 tip", "3d 12:00:00 last"], Sent(engine));
    }

    [Fact]
    public void PromptBeforeTheFirstWait_IsDecidedWithTheEntry()
    {
        var engine = With("steps:\n  - prompt: {data: {plan: s.plan}}\n  - wait: 1h\n").At("12:00").Does("signup", ("plan", "pro"));
        var prompt = Assert.Single(engine.Commands);
        Assert.Equal("pro", Text(prompt, "plan"));
        Assert.Equal(["e1"], prompt.Causes);
        Assert.Equal(["event signup", "step 1"], prompt.Reasons);
    }

    [Theory]
    [InlineData("13:59:59.999", "12:00:00 first")]
    [InlineData("14:00:00", "12:00:00 first, 14:00:00 second")]
    public void Wait_EndsExactlyItsTimeLater(string until, string sent)
    {
        var engine = With("steps:\n  - prompt: {template: first}\n  - wait: 2h\n  - prompt: {template: second}\n");
        Assert.Equal(sent, string.Join(", ", Sent(engine.At("12:00").Does("signup").Until(until))));
    }

    [Theory]
    [InlineData("13:59:59.999", "thanks")]
    [InlineData("14:00:00", "thanks")]
    [InlineData("14:00:00.001", "sorry")]
    public void WaitUntilEvent_CountsUpToItsDeadlineIncluded(string bought, string sent)
    {
        var engine = With("""
            steps:
              - wait_until: {event: purchase, for: 2h}
                timeout: [{prompt: {template: sorry}}, {exit: true}]
              - prompt: {template: thanks}

            """);
        engine.At("12:00").Does("signup").At(bought).Does("purchase").ForEver();
        Assert.Equal(sent, Assert.Single(engine.Commands).Template);
    }

    [Fact]
    public void WaitUntilEvent_WithoutTimeoutStepsGoesOnAtTheDeadline()
    {
        var engine = With("steps:\n  - wait_until: {event: purchase, for: 2h}\n  - prompt: {template: next}\n").At("12:00").Does("signup").ForEver();
        Assert.Equal(["14:00:00 next"], Sent(engine));
    }

    [Fact]
    public void WaitUntilEvent_IsNotMetByTheEntryItself()
    {
        var engine = With("steps:\n  - wait_until: {event: signup, for: 2h}\n  - prompt: {template: again}\n");
        engine.At("12:00").Does("signup");
        Assert.Empty(engine.Commands);
        Assert.Equal(["12:05:00 again"], Sent(engine.At("12:05").Does("signup")));
    }

    [Fact]
    public void OneEvent_EndsOneWait()
    {
        var engine = With("""
            steps:
              - wait_until: {event: view, for: 2h}
              - prompt: {template: first}
              - wait_until: {event: view, for: 2h}
              - prompt: {template: second}

            """);
        engine.At("12:00").Does("signup").At("12:01").Does("view");
        Assert.Equal(["12:01:00 first"], Sent(engine));
        Assert.Equal(["12:01:00 first", "12:02:00 second"], Sent(engine.At("12:02").Does("view")));
    }

    [Theory]
    [InlineData(10, "s1 b1")]
    [InlineData(9, "")]
    public void WaitUntilEvent_ReadsItselfAndWhatCameBefore(int price, string sent)
    {
        var engine = With("""
            steps:
              - wait_until: {event: purchase, as: bought, where: "bought.price >= s.limit and event.price > 0", for: 2h}
                timeout: [exit]
              - wait: 1h
              - prompt: {data: {both: s.id, what: bought.id, at: event.id}}

            """);
        engine.At("12:00").Does("signup", ("id", "s1"), ("limit", 10)).At("12:01").Does("purchase", ("id", "b1"), ("price", price)).ForEver();
        Assert.Equal(sent, string.Join(",", engine.Commands.Select(p => $"{Text(p, "both")} {Text(p, "what")}")));
        Assert.All(engine.Commands, p => Assert.Equal("s1", Text(p, "at")));
    }

    [Fact]
    public void WaitUntilEvent_OfTheTypeOfTheEntryBindsItsOwn()
    {
        var engine = With("steps:\n  - wait_until: {event: signup, as: two, for: 1h}\n  - prompt: {data: {a: s.n, b: \"coalesce(two.n, 0)\"}}\n");
        engine.At("12:00").Does("signup", ("n", 1)).ForEver();
        Assert.Equal((1, 0), Numbers(Assert.Single(engine.Commands)));
        engine = With("steps:\n  - wait_until: {event: signup, as: two, for: 1h}\n  - prompt: {data: {a: s.n, b: \"coalesce(two.n, 0)\"}}\n");
        engine.At("12:00").Does("signup", ("n", 1)).At("12:01").Does("signup", ("n", 2)).ForEver();
        Assert.Equal((1, 2), Numbers(engine.Commands[0]));
    }

    [Fact]
    public void WaitUntilCondition_ThatHoldsAtArrivalTakesNoTime()
    {
        var engine = With("steps:\n  - wait_until: {if: \"count(view) over 1h >= 1\", for: 2h}\n  - prompt: {template: now}\n");
        engine.At("11:59").Does("view").At("12:00").Does("signup");
        Assert.Equal(["12:00:00 now"], Sent(engine));
    }

    [Fact]
    public void WaitUntilCondition_IsReadAfterEveryEventItReads()
    {
        var engine = With("steps:\n  - wait_until: {if: \"count(view) over 1h >= 2\", for: 2h}\n    timeout: [exit]\n  - prompt: {template: now}\n");
        engine.At("12:00").Does("signup").At("12:10").Does("view").At("13:10").Does("view").At("13:20").Does("view").ForEver();
        Assert.Equal(["13:20:00 now"], Sent(engine));
    }

    [Theory]
    [InlineData("12:00:00", "now")]
    [InlineData("12:00:00.001", "sorry")]
    public void WaitUntilCondition_IsReadOnceMoreAtItsEnd(string viewed, string sent)
    {
        var engine = With("""
            steps:
              - wait_until: {if: "count(view) over 1h = 0", for: 1h}
                timeout: [{prompt: {template: sorry}}, exit]
              - prompt: {template: now}

            """);
        engine.At("11:30").Does("view").At("12:00").Does("signup").At(viewed).Does("view").ForEver();
        Assert.Equal([$"13:00:00 {sent}"], Sent(engine));
    }

    [Theory]
    [InlineData("vip", 0, "a")]
    [InlineData("x", 5, "b")]
    [InlineData("x", 4, "c")]
    public void Branch_TakesTheFirstArmThatHolds(string plan, int score, string sent)
    {
        var engine = With("""
            steps:
              - branch:
                  - {if: 's.plan = "vip"', steps: [{prompt: {template: a}}]}
                  - {if: "s.score >= 5", steps: [{prompt: {template: b}}]}
                  - else: [{prompt: {template: c}}]
              - wait: 1h
              - prompt: {template: after}

            """);
        engine.At("12:00").Does("signup", ("plan", plan), ("score", score)).ForEver();
        Assert.Equal([$"12:00:00 {sent}", "13:00:00 after"], Sent(engine));
    }

    [Fact]
    public void Branch_WithoutAnArmThatHoldsGoesOn()
    {
        var engine = With("steps:\n  - branch: [{if: \"s.n > 1\", steps: [exit]}]\n  - prompt: {template: after}\n").At("12:00").Does("signup").ForEver();
        Assert.Equal(["12:00:00 after"], Sent(engine));
    }

    [Fact]
    public void Exit_EndsTheJourney()
    {
        var engine = With("steps:\n  - branch: [{if: \"s.n > 1\", steps: [exit]}]\n  - wait: 1h\n  - prompt: {template: after}\n");
        engine.At("12:00").Does("signup", ("n", 2)).ForEver();
        Assert.Empty(engine.Commands);
        Assert.Empty(engine.Decisions);
    }

    [Fact]
    public void PromptStep_HasAConditionChannelsAndATimeOfItsOwn()
    {
        var engine = With("""
            decide: {channels: [push], expires: 1d}
            steps:
              - prompt: {template: a, if: "s.n > 1"}
              - wait: 1h
              - prompt: {template: b, channels: [email], expires: 2h}

            """);
        engine.At("12:00").Does("signup", ("n", 1)).ForEver();
        Assert.Equal(["predicate"], engine.Suppressed);
        var prompt = Assert.Single(engine.Commands);
        Assert.Equal(("email", 2 * 3_600_000), (prompt.Channel, prompt.NotAfter - prompt.DecidedAt));
    }

    [Fact]
    public void PromptIds_TellTheStepsApartAndAreNamedByThem()
    {
        const string Steps = "steps:\n  - {prompt: {}, name: first}\n  - wait: 1h\n  - {prompt: {}, name: second}\n";
        var ids = With(Steps).At("12:00").Does("signup").ForEver().Commands.Select(p => p.PromptId).ToList();
        Assert.Equal(2, ids.Distinct().Count());
        var longer = With(Steps.Replace("steps:\n", "steps:\n  - wait: 1s\n", StringComparison.Ordinal)).At("12:00").Does("signup").ForEver();
        Assert.Equal(ids, longer.Commands.Select(p => p.PromptId));
    }

    [Fact]
    public void Decisions_NameTheStep()
    {
        var engine = With("steps:\n  - {prompt: {}, name: first}\n  - wait: 1h\n  - prompt: {if: \"s.n > 0\"}\n").At("12:00").Does("signup").ForEver();
        Assert.Equal(["first", "3"], engine.Decisions.Select(d => d.Step));
    }

    private static EngineHarness With(string steps) => EngineHarness.With(Head + steps);

    private static IEnumerable<string> Sent(EngineHarness engine) =>
        engine.Prompts.Zip(engine.Commands, (words, prompt) => words.Replace(" t", $" {prompt.Template}", StringComparison.Ordinal));

    private static string Text(PromptCommand prompt, string field) => prompt.Data.First(d => d.Key == field).Value.Text.ToString();

    private static (double A, double B) Numbers(PromptCommand prompt) => (prompt.Data[0].Value.Number, prompt.Data[1].Value.Number);
}
