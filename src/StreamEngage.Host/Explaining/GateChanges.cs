using StreamEngage.Decide;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>What could have been otherwise for a candidate to pass the gate it failed at, the smallest first: each is still to be tried.</summary>
internal static class GateChanges
{
    public static IEnumerable<IReadOnlyList<Change>> For(Premise premise, Outcome outcome)
    {
        var trigger = premise.Trigger(outcome)!;
        if (outcome.Last.Reason == Reason.Predicate) return new PredicateChanges(premise, trigger, outcome).All();
        var changes = outcome.Last.Reason switch
        {
            Reason.AlreadyIn => Reentry(premise, trigger, outcome),
            Reason.Cooldown => Cooldown(premise, trigger, outcome),
            Reason.Exited or Reason.Converted => Ended(premise, trigger, outcome),
            Reason.GlobalHoldout => [GlobalHoldout(premise)],
            Reason.Holdout => [Holdout(trigger)],
            Reason.NoConsent => Consent(premise, trigger, outcome),
            Reason.Unreachable => Channels(premise, trigger, outcome),
            Reason.LowScore => [Rule("the rule asked for no score", trigger, decide => decide with { Score = null })],
            Reason.LowUplift => [Rule("the rule asked for no uplift", trigger, decide => decide with { Uplift = null })],
            Reason.CircuitOpen => Resumed(trigger),
            Reason.Backfill => ReignChanges.Backfill(premise, trigger, outcome),
            Reason.Retired => ReignChanges.Retired(premise, trigger),
            Reason.LostArbitration => Arbitration(premise, trigger, outcome),
            Reason.Cap => CapChanges.For(premise, outcome).Append(Transactional(trigger)),
            Reason.Quiet or Reason.Expired => QuietChanges.For(premise, trigger, outcome),
            Reason.Misfire => [Rule("the rule said misfire: fire", trigger, decide => decide with { Misfire = MisfireMode.Fire })],
            Reason.HumanRejected => Approval(premise, trigger, outcome),
            Reason.TemplateError => TemplateChanges.For(premise, trigger, outcome),
            _ => [],
        };
        var single = Single(changes.Concat(outcome.WasHeld ? [QuietChanges.NoQuietHours] : []));
        // A denial at the very instant outweighs a grant, and where the default is to ask first neither alone is enough.
        return outcome.Last.Reason == Reason.NoConsent ? single.Append([NothingSaid(premise), ConsentGranted]) : single;
    }

    public static Change Rule(string says, TriggerDefinition trigger, Func<DecideDefinition, DecideDefinition> edit) =>
        new(ChangeKind.Rule, says, premise => premise.WithDecide(trigger, edit));

    /// <summary>The events that made the candidate, a while later; null where none did.</summary>
    public static Change? Later(Outcome outcome, long milliseconds) => outcome.Last.Causes.Count == 0 || milliseconds <= 0 ? null : new(
        ChangeKind.Time, $"it had happened {Spoken.Duration(milliseconds)} later", premise => premise.Later([.. outcome.Last.Causes], milliseconds));

    public static Change Transactional(TriggerDefinition trigger) =>
        Rule("the rule's purpose were transactional", trigger, decide => decide with { Purpose = "transactional" });

    private static IEnumerable<IReadOnlyList<Change>> Single(IEnumerable<Change> changes) => changes.Select(change => new[] { change });

    private static IEnumerable<Change> Reentry(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var endings = trigger.Exits.Select(exit => exit.Type).Concat(trigger.Goal is { } goal ? [goal.Event.Type] : []).Distinct();
        if (trigger.Decide.Reentry == ReentryMode.AfterExit || trigger.Steps.Count > 0)
            foreach (var type in endings)
            {
                var like = Recent(premise, type, outcome) ?? (outcome.Last.Causes.Count > 0 ? premise.Event(outcome.Last.Causes[^1]) : null);
                var moment = Between(premise, outcome);
                yield return new(ChangeKind.Event, $"one `{type}` had come before, after the last prompt", changed => like?.Type == type
                    ? changed.WithCopy(moment, like) : changed.With(moment, type, KeyOf(trigger, like)));
            }
        yield return Rule("the rule said reentry: always", trigger, decide => decide with { Reentry = ReentryMode.Always });
    }

    /// <summary>Just before the candidate began: an exit there ends nothing of it.</summary>
    private static Moment Between(Premise premise, Outcome outcome)
    {
        var first = outcome.Last.Causes.Count == 0 ? null : premise.Event(outcome.Last.Causes[0]);
        return first is null ? outcome.MomentIn(premise) : new(first.At, first.Id);
    }

    private static KeyValuePair<string, object?>[] KeyOf(TriggerDefinition trigger, UserEvent? cause) =>
        trigger.Per is { } per && cause?.Text(per.Property) is { } key ? [new(per.Property, key)] : [];

    private static UserEvent? Recent(Premise premise, string type, Outcome outcome) =>
        premise.Events.LastOrDefault(e => e.Type == type && e.At <= outcome.Last.At);

    private static IEnumerable<Change> Cooldown(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var last = Course.Of(premise).Decisions.LastOrDefault(other => other.Verdict == Verdict.Sent && other.Trigger == trigger.Name
            && other.Instance == outcome.Last.Instance && other.At <= outcome.Last.At);
        var passed = last is null ? 0 : outcome.Last.At - last.At;
        if (last is not null && Later(outcome, trigger.Decide.CooldownMilliseconds - passed) is { } later) yield return later;
        yield return Rule(
            $"the cooldown were {Spoken.Duration(passed)} instead of {Spoken.Duration(trigger.Decide.CooldownMilliseconds)}", trigger,
            decide => decide with { CooldownMilliseconds = passed });
        // With a shorter one another candidate may come between that was turned away before.
        if (passed > 0) yield return Rule("the rule had no cooldown", trigger, decide => decide with { CooldownMilliseconds = 0 });
    }

    private static IEnumerable<Change> Ended(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var endings = trigger.Exits.Select(exit => exit.Type).Concat(trigger.Goal is { } goal ? [goal.Event.Type] : []).ToHashSet();
        foreach (var e in premise.Events.Where(e => endings.Contains(e.Type) && e.At <= outcome.Last.At && e.At >= outcome.First.At).Reverse())
            yield return new(ChangeKind.Event, $"`{e.Type}` at {Spoken.Time(e.At)} had not come", changed => changed.Without(e.Id));
        foreach (var e in Cancels(premise, trigger, outcome))
            yield return new(ChangeKind.Event, $"`{e.Type}` at {Spoken.Time(e.At)} had not come", changed => changed.Without(e.Id));
        yield return new(ChangeKind.Rule, "the rule had no exit and no goal",
            changed => changed.WithTrigger(trigger, one => one with { Exits = [], Goal = null }));
    }

    /// <summary>What came late, and should have kept the absence from ending.</summary>
    private static IEnumerable<UserEvent> Cancels(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        IReadOnlyList<EventSelector>? of = trigger.On switch { AbsenceOn on => on.Of, SilenceOn on => on.Of, _ => null };
        if (of is null || outcome.Last.Causes is not [.., var id] || premise.Event(id) is not { } armed) return [];
        return premise.Events.Where(e => !e.IsAside && e.Id != id && e.At >= armed.At && e.At <= outcome.First.At
            && (of.Count == 0 || of.Any(one => one.Type == e.Type))).Reverse().Take(ExplainLimits.WordsMax);
    }

    private static IEnumerable<Change> Resumed(TriggerDefinition trigger)
    {
        yield return Rule("the rule were not paused for its harm", trigger, decide => decide with { PauseOnHarm = false });
        yield return new(ChangeKind.Rule, $"the rule had been resumed as version {trigger.Version + 1}, of which no harm is known",
            changed => changed.WithTrigger(trigger, one => one with { Version = one.Version + 1 }));
    }

    private static Change GlobalHoldout(Premise premise) => new(
        ChangeKind.Rule, $"the user were not in the global holdout of {Spoken.Share(premise.Rules.Policy.GlobalHoldout)}",
        changed => changed.WithPolicy(policy => policy with { GlobalHoldout = 0 }));

    private static Change Holdout(TriggerDefinition trigger) =>
        Rule($"the user were not in the trigger's holdout of {Spoken.Share(trigger.Decide.Holdout)}", trigger, decide => decide with { Holdout = 0 });

    private static IEnumerable<Change> Consent(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var purpose = trigger.Decide.Purpose;
        var moment = outcome.MomentIn(premise);
        yield return new(ChangeKind.Event, $"the user had granted consent for {purpose} before",
            changed => changed.With(moment, "consent_update", new("purpose", purpose), new("status", "granted")));
        // A timer that was armed late decides behind the clock: what was said after its instant may have been known.
        var said = premise.Events.Where(e => e.Type is "consent_update" or "prompt_outcome").Reverse().ToList();
        foreach (var e in said.OrderBy(e => Math.Abs(e.At - outcome.Last.At)).Take(ExplainLimits.WordsMax))
            yield return new(ChangeKind.Event, $"`{e.Type}` at {Spoken.Time(e.At)} had not come", changed => changed.Without(e.Id));
        if (said.Count > 1) yield return NothingSaid(premise);
        yield return ConsentGranted;
    }

    private static Change ConsentGranted { get; } = new(
        ChangeKind.Rule, "the policy said consent: {default: granted}",
        changed => changed.WithPolicy(policy => policy with { ConsentGrantedByDefault = true }));

    private static Change NothingSaid(Premise premise)
    {
        var said = premise.Events.Where(e => e.Type is "consent_update" or "prompt_outcome").Select(e => e.Id).ToHashSet();
        return new(
            ChangeKind.Event, "the user had never said anything about consent",
            changed => said.Aggregate(changed, (without, id) => without.Without(id)));
    }

    /// <summary>A person said no, or nobody said anything in time.</summary>
    private static IEnumerable<Change> Approval(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        if (outcome.First.PromptId is { } prompt)
        {
            var said = premise.Events.Where(e => !e.IsAside && e.Type == EventTypes.PromptApproval && e.Text("promptId") == prompt);
            var answers = said.Select(e => e.Id).ToList();
            yield return new(ChangeKind.Event, answers.Count > 0 ? "the answer had been yes" : "somebody had said yes in time", changed =>
                answers.Aggregate(changed, (without, id) => without.Without(id)).With(
                    new Moment(outcome.First.At + 1, null), EventTypes.PromptApproval, new("promptId", prompt), new("status", "approved")));
        }
        if (trigger.Decide.Approval is { Default: ApprovalAnswer.Reject } approval)
            yield return Rule("silence meant yes to the rule", trigger, decide => decide with
            {
                Approval = approval with { Default = ApprovalAnswer.Approve },
            });
        yield return Rule("the rule asked nobody first", trigger, decide => decide with { Approval = null });
    }

    private static IEnumerable<Change> Channels(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var moment = outcome.MomentIn(premise);
        foreach (var channel in trigger.Decide.Channels)
            yield return new(ChangeKind.Event, $"{channel} were reachable",
                changed => changed.With(moment, "channel_update", new("channel", channel), new("reachable", true)));
        // Of two words at one instant the denial counts.
        foreach (var e in premise.Events.Where(e => e.Type == "channel_update" && e.At == moment.At).Take(ExplainLimits.WordsMax))
            yield return new(ChangeKind.Event, $"`{e.Type}` at {Spoken.Time(e.At)} had not come", changed => changed.Without(e.Id));
        foreach (var channel in premise.Rules.Policy.Channels.Keys.Except(trigger.Decide.Channels).Order(StringComparer.Ordinal))
            yield return Rule($"the rule used {channel} too", trigger, decide => decide with
            {
                Channels = [.. decide.Channels, channel],
                Choose = ChannelChoice.FirstReachable,
            });
    }

    private static IEnumerable<Change> Arbitration(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        const int highest = 100;
        var winner = Course.Of(premise).Decisions.LastOrDefault(other => other.At == outcome.Last.At && other.Trigger != trigger.Name
            && other.Verdict is Verdict.Sent or Verdict.Held && premise.Trigger(other.Trigger)?.Decide.Purpose != "transactional");
        if (winner is not null && premise.Trigger(winner.Trigger) is { Decide: var won } rival)
        {
            if (won.Priority < highest)
                yield return Rule(
                    $"the rule's priority were {won.Priority + 1} instead of {trigger.Decide.Priority}, above {winner.Trigger}", trigger,
                    decide => decide with { Priority = won.Priority + 1 });
            if (trigger.Decide.Priority > 0)
                yield return new(ChangeKind.Rule,
                    $"the priority of {winner.Trigger} were {trigger.Decide.Priority - 1} instead of {won.Priority}, below this rule's",
                    changed => changed.WithDecide(rival, decide => decide with { Priority = trigger.Decide.Priority - 1 }));
        }
        yield return Transactional(trigger);
    }
}
