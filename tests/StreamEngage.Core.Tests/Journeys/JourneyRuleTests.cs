using StreamEngage.Testing;

namespace StreamEngage.Journeys;

/// <summary>Entering, ending, being held, being late: a rule a test.</summary>
public sealed class JourneyRuleTests
{
    private const string OnSignup = "on: {event: signup, as: s}\n";
    private const string HourThenPrompt = "steps:\n  - {wait: 1h, name: pause}\n  - prompt: {template: late}\n";

    [Fact]
    public void AMatchWhoseIfFails_IsASuppressedCandidate()
    {
        var engine = With(OnSignup + "if: s.n > 1\n" + HourThenPrompt).At("12:00").Does("signup", ("n", 1)).Does("signup", ("n", 2)).ForEver();
        Assert.Equal(["suppressed predicate ", "sent  2"], Verdicts(engine));
    }

    [Theory]
    [InlineData("12:59:59.999", true)]
    [InlineData("13:00:00", true)]
    [InlineData("13:00:00.001", false)]
    public void WhileAJourneyIsLive_ItsKeyIsAlreadyIn(string again, bool isIn)
    {
        // At its very deadline the event comes before the timer.
        var engine = With(OnSignup + HourThenPrompt).At("12:00").Does("signup").At(again).Does("signup").ForEver();
        Assert.Equal(isIn ? ["suppressed already-in ", "sent  2"] : ["sent  2", "sent  2"], Verdicts(engine));
    }

    [Fact]
    public void JourneysOfDifferentKeys_RunBesideOneAnother()
    {
        var engine = With(OnSignup + "per: s.team\n" + HourThenPrompt);
        engine.At("12:00").Does("signup", ("team", "a")).At("12:30").Does("signup", ("team", "b")).ForEver();
        Assert.Equal(["13:00:00 t", "13:30:00 t"], engine.Prompts);
        Assert.Equal(["a", "b"], engine.Commands.Select(p => p.Instance));
    }

    [Theory]
    [InlineData("a", "a")]
    [InlineData("b", "b")]
    [InlineData(null, "a b")]
    public void AnAwaitedEvent_IsOfItsKey_OrOfAllWhereItHasNone(string? team, string went)
    {
        const string Each = "per: s.team\ndecide: {purpose: transactional}\n";
        var engine = With(OnSignup + Each + "steps:\n  - wait_until: {event: paid, for: 1h}\n    timeout: [exit]\n  - prompt: {}\n");
        engine.At("12:00").Does("signup", ("team", "a")).Does("signup", ("team", "b")).At("12:10").Does("paid", ("team", team)).ForEver();
        Assert.Equal(went, string.Join(' ', engine.Commands.Select(p => p.Instance).Order()));
    }

    [Theory]
    [InlineData("13:59:59.999", "suppressed cooldown ")]
    [InlineData("14:00:00", "sent  2")]
    public void Cooldown_IsAskedAtTheEntry_AndCountsFromTheLastSent(string again, string verdict)
    {
        var engine = With(OnSignup + "decide: {cooldown: 1h}\n" + HourThenPrompt).At("12:00").Does("signup").At(again).Does("signup").ForEver();
        Assert.Equal(["sent  2", verdict], Verdicts(engine));
    }

    [Fact]
    public void Cooldown_DoesNotStopTheNextStep()
    {
        var engine = With(OnSignup + "decide: {cooldown: 1d}\nsteps:\n  - prompt: {}\n  - wait: 1h\n  - prompt: {}\n").At("12:00").Does("signup").ForEver();
        Assert.Equal(["sent  1", "sent  3"], Verdicts(engine));
    }

    [Fact]
    public void ReentryOnce_LetsAJourneyFinishAndNoOtherBegin()
    {
        var engine = With(OnSignup + "decide: {reentry: once}\nsteps:\n  - prompt: {}\n  - wait: 1h\n  - prompt: {}\n");
        engine.At("12:00").Does("signup").At("15:00").Does("signup").ForEver();
        Assert.Equal(["sent  1", "sent  3", "suppressed already-in "], Verdicts(engine));
    }

    [Theory]
    [InlineData("exit: purchase\n")]
    [InlineData("goal: {event: purchase, within: 3d}\n")]
    public void ExitOrGoal_EndsAJourneyAtOnceAndItsTimersGo(string end)
    {
        var engine = With(OnSignup + end + HourThenPrompt).At("12:00").Does("signup").At("12:30").Does("purchase").ForEver();
        Assert.Empty(engine.Decisions);
        engine = With(OnSignup + end + HourThenPrompt).At("12:00").Does("signup").At("12:30").Does("purchase").Does("signup").ForEver();
        Assert.Equal(["13:30:00 t"], engine.Prompts);
    }

    [Fact]
    public void ExitExactlyAtTheDeadline_ComesBeforeTheTimer() =>
        Assert.Empty(With(OnSignup + "exit: purchase\n" + HourThenPrompt).At("12:00").Does("signup").At("13:00").Does("purchase").ForEver().Decisions);

    [Fact]
    public void ExitAndAwaitedEventInOne_IsAnExit()
    {
        var engine = With(OnSignup + "exit: purchase\nsteps:\n  - wait_until: {event: purchase, for: 1h}\n  - prompt: {}\n");
        Assert.Empty(engine.At("12:00").Does("signup").At("12:10").Does("purchase").ForEver().Decisions);
    }

    [Theory]
    [InlineData("11:59:59.999", 1)]
    [InlineData("12:00:00", 0)]
    public void ALateExit_EndsAJourneyThatBeganAtOrBeforeIt(string exited, int prompts)
    {
        var engine = With(OnSignup + "exit: purchase\n" + HourThenPrompt).At("12:00").Does("signup").At("12:05").Does("view");
        Assert.Equal(prompts, engine.At(exited).Does("purchase").ForEver().Commands.Count);
    }

    [Theory]
    [InlineData("11:59:59.999", "timeout")]
    [InlineData("12:00:00", "came")]
    public void ALateAwaitedEvent_CountsFromTheInstantTheStepWasReached(string came, string template)
    {
        const string Timeout = "    timeout: [{prompt: {template: timeout}}, exit]\n";
        var engine = With(OnSignup + "steps:\n  - wait_until: {event: paid, for: 1h}\n" + Timeout + "  - prompt: {template: came}\n");
        engine.At("12:00").Does("signup").At("12:05").Does("view").At(came).Does("paid").ForEver();
        Assert.Equal(template, Assert.Single(engine.Commands).Template);
    }

    [Fact]
    public void AWaitBehindALateEvent_CountsFromTheEventAndFiresAfterIt()
    {
        var engine = With(OnSignup + "steps:\n  - wait_until: {event: paid, for: 1h}\n  - wait: 2m\n  - prompt: {}\n  - wait: 2m\n  - prompt: {}\n");
        engine.At("12:00").Does("signup").At("12:05").Does("view").At("12:02").Does("paid");
        Assert.Equal(["12:04:00 t"], engine.Until("12:05:30").Prompts);
        Assert.Equal(["12:04:00 t", "12:06:00 t"], engine.ForEver().Prompts);
    }

    [Theory]
    [InlineData("fire", "sent  2,sent  4", "12:05:00 t,12:15:00 t")]
    [InlineData("skip", "suppressed misfire 2,sent  4", "12:15:00 t")]
    public void AWaitThatFiresTooLate_GoesOnAtTheClockAndItsPromptObeysTheTrigger(string misfire, string verdicts, string prompts)
    {
        var engine = With(OnSignup + $"decide: {{misfire: {misfire}}}\nsteps:\n  - wait: 2m\n  - prompt: {{}}\n  - wait: 10m\n  - prompt: {{}}\n");
        // The late entry arms what was due three minutes ago.
        engine.At("12:05").Does("view").At("12:00").Does("signup").ForEver();
        Assert.Equal(verdicts.Split(','), Verdicts(engine));
        Assert.Equal(prompts.Split(','), engine.Prompts);
    }

    [Fact]
    public void AWaitThatFiresALittleLate_GoesOnAtItsDueTime()
    {
        var engine = With(OnSignup + "steps:\n  - wait: 2m\n  - prompt: {}\n  - wait: 10m\n  - prompt: {}\n");
        engine.At("12:03").Does("view").At("12:00").Does("signup").ForEver();
        Assert.Equal(["12:02:00 t", "12:12:00 t"], engine.Prompts);
    }

    [Fact]
    public void TwoPromptsAtOneInstant_AreInArbitrationAndOnlyOneIsSent()
    {
        var engine = With(OnSignup + "steps:\n  - prompt: {}\n  - prompt: {}\n").At("12:00").Does("signup");
        Assert.Equal(["sent  1", "suppressed lost-arbitration 2"], Verdicts(engine).Order());
    }

    [Fact]
    public void AStepStandsInArbitrationWithOtherTriggers()
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["t.yaml"] = "trigger: t\n" + OnSignup + "decide: {priority: 10}\nsteps:\n  - prompt: {}\n  - wait: 1h\n  - prompt: {}\n",
            ["other.yaml"] = "trigger: other\non: {event: signup}\ndecide: {priority: 90}\n",
        });
        engine.At("12:00").Does("signup").ForEver();
        Assert.Equal(["12:00:00 other", "13:00:00 t"], engine.Prompts);
    }

    [Fact]
    public void AHeldOutUser_GoesThroughTheStepsAndLeavesGhosts()
    {
        var engine = With(OnSignup + "decide: {holdout: 1}\nsteps:\n  - prompt: {}\n  - wait: 1h\n  - prompt: {}\n").At("12:00").Does("signup").ForEver();
        Assert.Equal(["ghost holdout 1", "ghost holdout 3"], Verdicts(engine));
    }

    [Fact]
    public void AHeldPrompt_DoesNotStopTheJourneyAndStaysWhenThatEnds()
    {
        var engine = Nightly("steps:\n  - prompt: {expires: 1d}\n  - wait: 1h\n  - prompt: {channels: [email]}\n").At("23:00").Does("signup").ForEver();
        Assert.Equal(["held  1", "sent  3", "sent  1"], Verdicts(engine));
        Assert.Equal(["23:00:00 t", "1d 00:00:00 t"], engine.Prompts);
    }

    [Theory]
    [InlineData("exit: purchase\n", "exited")]
    [InlineData("goal: {event: purchase, within: 3d}\n", "converted")]
    public void ExitOrGoal_TakesHeldPromptsWithTheJourney(string end, string reason)
    {
        var engine = Nightly(end + "steps:\n  - prompt: {expires: 1d}\n  - wait: 10d\n  - prompt: {}\n");
        engine.At("23:00").Does("signup").At("23:30").Does("purchase").ForEver();
        Assert.Equal(["held  1", $"suppressed {reason} 1"], Verdicts(engine));
    }

    [Fact]
    public void AReleasedPrompt_ReadsItsOwnConditionAgain()
    {
        const string Steps = "steps:\n  - prompt: {if: \"count(view) over 1h = 0\", expires: 1d}\n  - wait: 1h\n  - prompt: {channels: [email]}\n";
        var engine = Nightly("decide: {cooldown: 5d}\n" + Steps);
        engine.At("23:00").Does("signup").At("1d 07:30").Does("view").ForEver();
        Assert.Equal(["held  1", "sent  3", "suppressed predicate 1"], Verdicts(engine));
    }

    [Fact]
    public void AnAbsence_BeginsAJourneyThatReadsItsArmingEvent()
    {
        const string Steps = "steps:\n  - wait: 1h\n  - prompt: {data: {id: c.id, same: event.id}}\n";
        var engine = With("on: {absence: {of: purchase, after: {event: cart, as: c}, for: 30m}}\n" + Steps);
        engine.At("12:00").Does("cart", ("id", "c1")).ForEver();
        Assert.Equal(["13:30:00 t"], engine.Prompts);
        Assert.Equal("c1 c1 e1", string.Join(' ', engine.Commands[0].Data.Select(d => d.Value.ToString()).Concat(engine.Commands[0].Causes)));
    }

    [Fact]
    public void ASilence_BeginsAJourney()
    {
        var engine = With("on: {silence: 1d}\nexit: view\nsteps:\n  - prompt: {}\n  - wait: 1d\n  - prompt: {}\n").At("12:00").Does("view").ForEver();
        Assert.Equal(["1d 12:00:00 t", "2d 12:00:00 t"], engine.Prompts);
    }

    [Fact]
    public void APattern_BeginsAJourneyThatReadsItsAliases()
    {
        const string Steps = "steps:\n  - wait: 1h\n  - prompt: {data: {x: one.n, y: two.n}}\n";
        var engine = With("on:\n  pattern: [{event: a, as: one}, {event: b, as: two}]\n" + Steps);
        engine.At("12:00").Does("a", ("n", 1)).Does("b", ("n", 2)).ForEver();
        Assert.Equal(["1", "2"], engine.Commands.Single().Data.Select(d => d.Value.ToString()));
        Assert.Equal(["e1", "e2"], engine.Commands[0].Causes);
    }

    [Fact]
    public void AnEdgeThatTimeMade_BeginsAJourneyWithIdsOfItsOwn()
    {
        var engine = EngineHarness.With(new Dictionary<string, string>
        {
            ["t.yaml"] = "trigger: t\non: {segment: busy, edge: exit}\nsteps:\n  - prompt: {}\n  - wait: 1h\n  - prompt: {}\n",
            ["segments/busy.yaml"] = "segment: busy\nif: count(view) over 1h >= 1\n",
        });
        engine.At("12:00").Does("view").At("20:00").Does("view").ForEver();
        Assert.Equal(["13:00:00 t", "14:00:00 t", "21:00:00 t", "22:00:00 t"], engine.Prompts);
        Assert.Equal(4, engine.Commands.Select(p => p.PromptId).Distinct().Count());
    }

    [Fact]
    public void OfTooManyJourneysOfATrigger_TheOldestGoes()
    {
        var engine = With(OnSignup + "per: s.team\n" + HourThenPrompt);
        for (var i = 0; i <= Limits.InstancesMax; i++) engine.At($"12:{i / 60:00}:{i % 60:00}").Does("signup", ("team", $"team {i:00}"));
        var went = engine.ForEver().Commands.Select(p => p.Instance).ToList();
        Assert.Equal((Limits.InstancesMax, "team 01"), (went.Count, went[0]));
    }

    private static EngineHarness With(string trigger) => EngineHarness.With("trigger: t\n" + trigger);

    private static EngineHarness Nightly(string trigger) => EngineHarness.With(new Dictionary<string, string>
    {
        ["t.yaml"] = "trigger: t\n" + OnSignup + trigger,
        ["policy.yaml"] = "quiet_hours: {from: \"22:00\", to: \"08:00\", channels: [push]}\n",
    });

    private static IEnumerable<string> Verdicts(EngineHarness engine) => engine.Decisions.Select(d =>
        $"{d.Verdict.ToString().ToLowerInvariant()} {Decide.ReasonCodes.Code(d.Reason)} {d.Step}");
}
