using StreamEngage.Emit;
using StreamEngage.Testing;

namespace StreamEngage.Decide;

/// <summary>The rules between a candidate and its verdict that need no policy, each on both sides of its boundary.</summary>
public sealed class VerdictRuleTests
{
    private const string Absence = "on: {absence: {after: a, of: b, for: 10s, grace: 5s}}\n";

    [Theory]
    [InlineData("12:00:09.999", "predicate sent")]
    [InlineData("12:00:10", "predicate predicate")]
    public void ThePredicate_ReadsAWindowThatIsOpenAtItsBeginning(string second, string verdicts) => Assert.Equal(
        verdicts,
        Verdicts(Engine("on: {event: a}\nif: count(a) over 10s >= 2\n").At("12:00:00").Does("a").At(second).Does("a")));

    [Theory]
    [InlineData("12:00:04.999", "k1", "sent cooldown")]
    [InlineData("12:00:05", "k1", "sent sent")]
    [InlineData("12:00:04.999", "k2", "sent sent")]
    public void ACooldown_IsOverExactlyItsLengthAfterTheLastSentOfTheKey(string second, string key, string verdicts) => Assert.Equal(
        verdicts,
        Verdicts(Engine("on: {event: a, as: x}\nper: x.k\ndecide: {cooldown: 5s}\n")
            .At("12:00:00").Does("a", ("k", "k1")).At(second).Does("a", ("k", key))));

    [Theory]
    [InlineData("k1", "sent already-in")]
    [InlineData("k2", "sent sent")]
    public void Once_IsOnceAUserAndKey(string key, string verdicts)
    {
        var engine = Engine("on: {event: a, as: x}\nper: x.k\ndecide: {reentry: once}\n").Does("a", ("k", "k1")).After(TimeSpan.FromDays(300));
        Assert.Equal(verdicts, Verdicts(engine.Does("a", ("k", key))));
        Assert.Equal($"{verdicts} sent", Verdicts(engine.User("u2").Does("a", ("k", "k1"))));
    }

    [Theory]
    [InlineData("11:59:59.999", "sent already-in")]
    [InlineData("12:00:00", "sent sent")]
    public void AfterExit_IsLiftedByAnExitAtOrAfterTheLastSent(string exit, string verdicts) => Assert.Equal(
        verdicts,
        Verdicts(Engine("on: {event: a}\nexit: b\ndecide: {reentry: after_exit}\n")
            .At("12:00:00").Does("a").At(exit).Does("b").At("12:00:01").Does("a")));

    [Theory]
    [InlineData("12:01:15", "misfire: skip", "sent")]
    [InlineData("12:01:15.001", "misfire: skip", "misfire")]
    [InlineData("12:01:15.001", "misfire: fire, expires: 1m", "sent")]
    public void ATimerMoreThanAMinuteOverdue_IsAMisfire(string clock, string decide, string verdicts) => Assert.Equal(
        verdicts,
        Verdicts(Engine($"{Absence}decide: {{{decide}}}\n").At(clock).Does("x").At("12:00:00").Does("a").At(clock)));

    [Theory]
    [InlineData("11:59:59.999", "")]
    [InlineData("12:00:00", "sent")]
    public void AnEventBeforeTheActivation_MakesNoCandidate(string at, string verdicts) => Assert.Equal(
        verdicts,
        Verdicts(Engine("activation: 2026-01-01T12:00:00Z\non: {event: a}\n").At(at).Does("a")));

    [Theory]
    [InlineData("11:59:59.999", "sent")]
    [InlineData("11:59:50", "predicate")]
    public void AnEventBeforeTheActivation_WarmsTheWindows(string earlier, string verdicts) => Assert.Equal(
        verdicts,
        Verdicts(Engine("activation: 2026-01-01T12:00:00Z\non: {event: a}\nif: count(a) over 10s >= 2\n").At(earlier).Does("a").At("12:00:00").Does("a")));

    [Theory]
    [InlineData("priority: 51", "priority: 50, value: 9, expires: 1m")]
    [InlineData("priority: 50, value: 2", "priority: 50, value: 1.9, expires: 1m")]
    [InlineData("priority: 50, value: 1, expires: 1m", "priority: 50, value: 1, expires: 61s")]
    public void Arbitration_LooksAtPriorityThenValueThenTheEarliestExpiry(string winner, string loser)
    {
        // Whichever name comes first.
        Assert.Equal("sent a", Told(("a", winner), ("b", loser)));
        Assert.Equal("sent b", Told(("a", loser), ("b", winner)));
    }

    [Theory]
    [InlineData("b", "b-2", "b")]
    [InlineData("a2", "a10", "a10")]
    public void Arbitration_OfEqualsIsWonByTheFirstNameInOrdinalOrder(string one, string other, string winner) =>
        Assert.Equal($"sent {winner}", Told((one, "priority: 50"), (other, "priority: 50")));

    [Fact]
    public void WhoWouldWinButIsStopped_LeavesThePlaceToTheNext() => Assert.Equal(
        "template-error a|sent b",
        Told("prompt: {data: {x: x.missing}, template: t}\n", ("a", "priority: 90"), ("b", "priority: 10"), ("c", "priority: 5")));

    /// <summary>The view is not there yet at the click's own time, and it is at the clock: until the instant at which the window lets it go.</summary>
    [Theory]
    [InlineData("12:09:59.999", "sent")]
    [InlineData("12:10:00", "template-error")]
    public void ALateEvent_HasTheValuesOfItsPromptReadAtTheClock(string clock, string verdict)
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["t.yaml"] = "trigger: t\non: {event: click}\nprompt: {template: t, data: {x: 'last(view.name) over 10m'}}\n",
            ["templates/t.hbs"] = "{{x}}",
            ["policy.yaml"] = "lateness: 1h\n",
        });
        Assert.Equal(verdict, Verdicts(engine.At("12:00:00").Does("view", ("name", "shoes")).At(clock).Does("other").At("11:59:00").Does("click")));
    }

    [Fact]
    public void ATransactionalPrompt_StandsOutsideOfArbitration() =>
        Assert.Equal("sent a|sent b", Told(("a", "priority: 10, purpose: transactional"), ("b", "priority: 50"), ("c", "priority: 20")));

    [Theory]
    [InlineData("12:00:00", "sent lost-arbitration")]
    [InlineData("12:00:00.001", "sent sent")]
    public void TimersOfOneInstant_AreInArbitrationAndThoseOfTwoAreNot(string second, string verdicts)
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["a.yaml"] = "trigger: a\non: {absence: {after: a, of: x, for: 10s}}\n",
            ["b.yaml"] = "trigger: b\non: {absence: {after: b, of: x, for: 10s}}\n",
        });
        Assert.Equal(verdicts, Verdicts(engine.At("12:00:00").Does("a").At(second).Does("b").Until("12:01:00")));
    }

    private static string Told(params (string Name, string Decide)[] triggers) => Told("", triggers);

    /// <summary>What came of triggers that one event matches; who only lost is left out. The first one has what is given besides.</summary>
    private static string Told(string first, params (string Name, string Decide)[] triggers)
    {
        var files = triggers.Select((trigger, i) => (trigger.Name, Text: TextOf(trigger.Name, trigger.Decide) + (i == 0 ? first : "")))
            .ToDictionary(trigger => $"{trigger.Name}.yaml", trigger => trigger.Text);
        if (first.Length > 0) files["templates/t.hbs"] = "{{x}}";
        var decisions = EngineHarness.With(files).Does("a").Decisions.Where(decision => decision.Reason != Reason.LostArbitration);
        return string.Join('|', decisions.Select(decision => $"{Word(decision)} {decision.Trigger}"));
    }

    private static string TextOf(string name, string decide) => $"trigger: {name}\non: {{event: a, as: x}}\ndecide: {{{decide}}}\n";

    private static string Verdicts(EngineHarness engine) => string.Join(' ', engine.Decisions.Select(Word));

    private static string Word(DecisionRecord decision) => ReasonCodes.Code(decision.Reason) ?? decision.Verdict.ToString().ToLowerInvariant();

    private static EngineHarness Engine(string trigger) => EngineHarness.With($"trigger: t\n{trigger}");
}
