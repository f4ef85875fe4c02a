using System.Text;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rulebooks;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Goals after prompts, what is counted of them, and what decisions learn of it.</summary>
public sealed class OutcomeTests
{
    private const string Bought = "goal: {event: buy, within: 10m}\n";

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(600_000, 1)]
    [InlineData(600_001, 0)]
    public void AGoal_CountsAfterTheDecisionAndUntilItsTimeIsOver(int later, int conversions)
    {
        var run = Run(Trigger(Bought)).Does(1_000, "click").Does(1_000 + later, "buy");
        Assert.Equal(new OutcomeCount(1, conversions), run.Sent());
    }

    [Fact]
    public void AGoal_CountsOnceADecision()
    {
        var run = Run(Trigger(Bought)).Does(1_000, "click").Does(2_000, "click").Does(3_000, "buy").Does(4_000, "buy");
        Assert.Equal(new OutcomeCount(2, 2), run.Sent());
    }

    [Fact]
    public void ALateGoal_CountsByItsOwnTime()
    {
        var run = Run(Trigger(Bought)).Does(1_000, "click").Does(700_000, "click").Does(500_000, "buy");
        Assert.Equal(new OutcomeCount(2, 1), run.Sent());
    }

    [Fact]
    public void AGoalWhoseConditionFails_OrOfAnotherUser_CountsNot()
    {
        var run = Run(Trigger("goal: {event: buy, where: \"event.price > 5\", within: 10m}\n")).Does(1_000, "click");
        run.Does(2_000, "buy", "b", price: 9).Does(3_000, "buy");
        Assert.Equal(new OutcomeCount(1, 0), run.Sent());
        Assert.Equal(new OutcomeCount(1, 1), run.Does(4_000, "buy", price: 9).Sent());
    }

    [Fact]
    public void AGhost_ConvertsToo()
    {
        var run = Run(Trigger(Bought + "decide: {holdout: 1}\n")).Does(1_000, "click").Does(2_000, "buy");
        Assert.Equal((default, new OutcomeCount(1, 1)), (run.Sent(), run.Held()));
    }

    [Fact]
    public void AHeldPrompt_CountsFromItsRelease()
    {
        var run = Run(Trigger(Bought + "decide: {expires: 1d}\n"), "quiet_hours: {from: \"00:00\", to: \"08:00\"}\n").Does(1_000, "click").Does(2_000, "buy");
        Assert.Equal(default, run.Sent());
        run.Does(28_800_001, "buy", "b").Does(28_800_500, "buy");
        // The goal event ended what was held, so there was nothing to convert.
        Assert.Equal(default, run.Sent());
        run.Does(28_801_000, "click").Does(28_802_000, "buy");
        Assert.Equal(new OutcomeCount(1, 1), run.Sent());
    }

    [Fact]
    public void AGoal_IsPinnedAtTheDecision()
    {
        var before = Run(Trigger(Bought)).Does(1_000, "click");
        var same = before.GoOn(Trigger(Bought)).Does(2_000, "buy");
        Assert.Equal(new OutcomeCount(1, 1), same.Sent());
        var longer = before.GoOn(Trigger("goal: {event: buy, within: 30m}\n")).Does(601_001, "buy");
        Assert.Equal(new OutcomeCount(1, 0), longer.Sent());
        var other = before.GoOn(Trigger("goal: {event: pay, within: 10m}\n")).Does(2_000, "pay").Does(3_000, "buy");
        Assert.Equal(default, other.Sent());
    }

    [Fact]
    public void MoreOpenGoalsThanAreKept_GiveUpTheOldest()
    {
        var run = Run(Trigger(Bought));
        for (var click = 0; click < Limits.OpenGoalsMax + 3; click++) run.Does(1_000 + click, "click");
        run.Does(5_000, "buy");
        Assert.Equal(new OutcomeCount(Limits.OpenGoalsMax + 3, Limits.OpenGoalsMax), run.Sent());
        Assert.Equal(3, run.Engine.Sum(counters => counters.OpenGoalsDropped));
    }

    [Fact]
    public void WhatNothingCanComeOfAnyMore_IsNotWritten()
    {
        var run = Run(Trigger(Bought + "decide: {supersede: true, expires: 5m}\n")).Does(1_000, "click");
        Assert.NotNull(run.User("a").Aftermath);
        run.Does(601_000 + 599_999, "other", "b");
        Assert.NotNull(run.GoOn().User("a").Aftermath);
        run.Does(601_000 + 600_000, "other", "b");
        Assert.Null(run.GoOn().User("a").Aftermath);
    }

    [Fact]
    public void AVersion_HasAllBeforeItsStepAndNothingOfTheStep()
    {
        var run = Run(Trigger(Bought + Bandit)).Does(1_000, "click").Does(59_999, "buy");
        Assert.Equal((0, new OutcomeCount(1, 1)), (run.Engine.Statistics.InForce.Version, run.Sent()));
        run.Does(60_000, "other");
        Assert.Equal(1, run.Engine.Statistics.InForce.Version);
        run.Does(600_000, "other");
        Assert.Equal(1, run.Engine.Statistics.InForce.Version);
    }

    [Fact]
    public void ABanditWithABetterArm_ShiftsToIt()
    {
        var run = Run(Trigger(Bought + Bandit));
        var at = 0;
        for (var click = 0; click < 400; click++)
        {
            var user = $"u{click}";
            run.Does(at += 10_000, "click", user);
            var isWon = run.Prompts[^1].Variant == "urgent" ? click % 2 == 0 : click % 10 == 0;
            if (isWon) run.Does(at += 1_000, "buy", user);
        }
        var late = run.Prompts.Skip(300).Count(prompt => prompt.Variant == "urgent");
        Assert.InRange(late, 90, 100);
        Assert.All(run.Prompts.Take(5), prompt => Assert.Equal(0.5, prompt.Propensity!.Value, 6));
        Assert.True(run.Prompts.Where(prompt => prompt.Variant == "urgent").Max(prompt => prompt.Propensity) > 0.95);
        var arms = run.Engine.Statistics.InForce.Bandit(run.Trigger);
        Assert.Equal(new ThompsonSampling("t", [.. Enumerable.Range(0, 2).Select(arm => Outcomes(run, arm))]).Propensities, arms.Propensities);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 200)]
    [InlineData(7, 5)]
    public void LanesBatchesAndStops_ShowInNothingThatIsLearned(int lanes, int batch)
    {
        string Text(int lanes, int batch, bool stops)
        {
            var run = Run(Trigger(Bought + Bandit), lanes: lanes, batch: batch);
            for (var click = 0; click < 300; click++)
            {
                run.Does(click * 7_000, "click", $"u{click % 40}");
                if (click % 3 == 0) run.Does(click * 7_000 + 500, "buy", $"u{click % 17}");
                if (stops && click % 11 == 0) run = run.GoOn(lanes: 1 + click % 3);
            }
            run.Engine.End(drain: true);
            return string.Join('\n', run.Prompts.Select(prompt => $"{prompt.PromptId} {prompt.Variant} {prompt.Propensity:R}"));
        }
        var whole = Text(1, 200, stops: false);
        Assert.True(whole.Split('\n').Select(line => line.Split(' ')[^1]).Distinct().Count() > 10);
        Assert.Equal(whole, Text(lanes, batch, stops: false));
        Assert.Equal(whole, Text(lanes, batch, stops: true));
    }

    [Fact]
    public void ATriggerThatCertainlyDoesHarm_IsPaused()
    {
        var run = Run(Trigger(Bought + "decide: {pause_on_harm: true, holdout: 0.5}\n"));
        Harm(run, users: 3_000);
        var paused = run.Decisions.FindIndex(decision => decision.Reason == Reason.CircuitOpen);
        Assert.InRange(paused, 100, 2_900);
        Assert.All(run.Decisions.Skip(paused), decision => Assert.Equal(Reason.CircuitOpen, decision.Reason));
        Assert.StartsWith("harm is certain: ", run.Decisions[paused].Gates[^1].Detail, StringComparison.Ordinal);
        var later = run.GoOn();
        later.Does(run.At + 1, "click", "later");
        Assert.Equal((Reason.CircuitOpen, run.Decisions[^1].Gates[^1].Detail), (later.Decisions[^1].Reason, later.Decisions[^1].Gates[^1].Detail));
    }

    [Theory]
    [InlineData("decide: {pause_on_harm: true}\n", "", 0)]
    [InlineData("decide: {holdout: 0.5}\n", "", 0)]
    [InlineData("decide: {holdout: 0.5}\n", "harm: {pause: true}\n", 1)]
    [InlineData("decide: {holdout: 0.5, pause_on_harm: false}\n", "harm: {pause: true}\n", 0)]
    public void ATrigger_IsPausedOnlyWhereItIsToBe(string decide, string policy, int pauses)
    {
        var run = Run(Trigger(Bought + decide), policy);
        Harm(run, users: 3_000);
        Assert.Equal(pauses, run.Decisions.Exists(decision => decision.Reason == Reason.CircuitOpen) ? 1 : 0);
    }

    [Fact]
    public void AHeldPromptOfAPausedTrigger_IsNotReleased()
    {
        var run = Run(Trigger(Bought + "decide: {pause_on_harm: true, holdout: 0.5, expires: 1d}\n"), "quiet_hours: {from: \"14:00\", to: \"15:00\"}\n");
        run.At = 8 * 3_600_000;
        Harm(run, users: 3_000);
        Assert.Contains(run.Decisions, decision => decision.Reason == Reason.CircuitOpen);
        Assert.DoesNotContain(run.Decisions, decision => decision.Reason == Reason.CircuitOpen && decision.At.UnixMilliseconds < 8 * 3_600_000);
    }

    [Fact]
    public void Harm_IsOfUsersByTheirFirstDecision()
    {
        var run = Run(Trigger(Bought + "decide: {pause_on_harm: true, holdout: 0.5}\n"));
        for (var click = 0; click < 5; click++) run.Does(1_000 + click, "click").Does(1_000 + click, "click", "b");
        run.Does(2_000, "buy").Does(2_000, "buy", "b");
        var tally = run.Engine.Statistics.Total;
        var (sent, held) = (tally.Users(0, HeldOut.No), tally.Users(0, HeldOut.FromTrigger));
        Assert.Equal(new OutcomeCount(2, 2), new(sent.Units + held.Units, sent.Conversions + held.Conversions));
        Assert.Equal(10, run.Sent().Units + run.Held().Units);
    }

    private const string Bandit = "decide: {variants: {bandit: thompson, arms: [plain, urgent]}}\n";

    /// <summary>Nobody who was sent a prompt buys, and everybody who was held out does.</summary>
    private static void Harm(LearningRun run, int users)
    {
        for (var user = 0; user < users; user++)
        {
            run.Does(run.At + 1_000, "click", $"u{user}");
            if (run.Decisions[^1].Verdict == Verdict.Ghost && user % 2 == 0) run.Does(run.At + 10, "buy", $"u{user}");
        }
    }

    private static ArmOutcomes Outcomes(LearningRun run, int arm)
    {
        var count = run.Engine.Statistics.InForce.Tally.Of(0, arm, HeldOut.No);
        return new(count.Conversions, count.Units - count.Conversions);
    }

    private static string Trigger(string rest) => "trigger: t\non: {event: click}\n" + rest;

    private static LearningRun Run(string trigger, string policy = "", int lanes = 1, int batch = 1) => new(trigger, policy, lanes, batch);

    /// <summary>An engine that can be stopped and gone on with, with what it decided all the while.</summary>
    private sealed class LearningRun
    {
        private readonly (string Trigger, string Policy, int Batch) _made;
        private readonly bool _settles;
        private int _ids;

        public LearningRun(string trigger, string policy, int lanes, int batch)
        {
            _made = (trigger, policy, batch);
            _settles = batch == 1;
            var files = new Dictionary<string, string> { ["t.yaml"] = trigger };
            if (policy.Length > 0) files["policy.yaml"] = policy;
            var reading = RulebookFiles.Read(files);
            Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
            var rulebook = RulebookCompiler.Compile(reading.Definition);
            Trigger = rulebook.Triggers[0];
            Engine = new(rulebook, lanes) { BatchEvents = batch, Prompt = Take, Decision = Take };
        }

        public PipelineRun Engine { get; }

        public CompiledTrigger Trigger { get; }

        public List<PromptCommand> Prompts { get; private init; } = [];

        public List<DecisionRecord> Decisions { get; private init; } = [];

        public long At { get; set; }

        public LearningRun Does(long at, string type, string user = "a", int price = 1)
        {
            var line = $$$"""{"id":"{{{type}}}{{{at}}}/{{{_ids++}}}","user":"{{{user}}}","type":"{{{type}}}","at":{{{at}}},"props":{"price":{{{price}}}}}""";
            Assert.Equal(Decoded.Event, Engine.Offer(Encoding.UTF8.GetBytes(line), new(Limits.EventTimeMax)));
            At = Math.Max(At, at);
            if (_settles) Engine.Suspend();
            return this;
        }

        public LearningRun GoOn(string? trigger = null, int lanes = 1)
        {
            var store = new InMemoryStateStore();
            var source = new RecordWriter();
            Engine.Suspend();
            Engine.Save(store, source);
            var next = new LearningRun(trigger ?? _made.Trigger, _made.Policy, lanes, _made.Batch)
            {
                Prompts = Prompts,
                Decisions = Decisions,
                At = At,
                _ids = _ids,
            };
            Assert.Null(next.Engine.Load(store, source.Written));
            return next;
        }

        public OutcomeCount Sent() => Engine.Statistics.Total.Of(0, 0, HeldOut.No);

        public OutcomeCount Held() => Engine.Statistics.Total.Of(0, 0, HeldOut.FromTrigger);

        public UserState User(string id) => Engine.Lanes[0].Users.Find(new(id), Hash64.Of(Encoding.UTF8.GetBytes(id)))!;

        private void Take(PromptCommand prompt) => Prompts.Add(prompt);

        private void Take(DecisionRecord decision) => Decisions.Add(decision);
    }
}
