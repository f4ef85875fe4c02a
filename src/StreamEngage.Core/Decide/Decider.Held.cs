using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <content>Candidates that wait: for the end of quiet hours, or for a person.</content>
internal sealed partial class Decider
{
    /// <summary>A person has answered.</summary>
    public void Answer(HeldCandidate held, bool isApproved, List<Decision> into)
    {
        held.AwaitsApproval = false;
        if (isApproved) Release(held, _lane.Clock, into);
        else End(held, Reason.HumanRejected, _lane.Clock, into);
    }

    /// <summary>
    /// Quiet hours are over, or seem to be, or a person said yes: gates 1, 2, 4 and 8 are passed again, and the expiry, then those that are left. Where a
    /// person was to answer and did not, the trigger says what that means.
    /// </summary>
    public void Release(HeldCandidate held, EventTime at, List<Decision> into)
    {
        var user = held.User;
        var trigger = TriggerOf(held);
        if (held.AwaitsApproval && trigger.Decide.Approval is not { Default: ApprovalAnswer.Approve })
        {
            End(held, Reason.HumanRejected, at, into);
            return;
        }
        held.AwaitsApproval = false;
        var candidate = new Candidate(trigger, held.Instance.Key, held.DecidedAt, at) { Captured = held };
        var scope = new Scope(user, at.UnixMilliseconds, _around, held);
        var decision = new Decision(candidate) { At = at, Channel = held.Channel, HeldOut = held.HeldOut };
        Tally.Release(trigger.Index);
        var prompt = TraceOf(trigger, held.Channel, held.PromptId, at);
        var reason = OnRelease(decision, prompt, scope);
        var mayWait = trigger.Decide.Quiet == QuietMode.Hold;
        if (reason == Reason.Quiet && mayWait && _quiet.EndsAt(user, at, decision.NotAfter) is { } end)
        {
            // The user's zone is another one by now, or a person said yes at night.
            Tally.Hold(trigger.Index);
            _lane.Timers.Arm(held, end.UnixMilliseconds);
        }
        else
        {
            if (reason == Reason.Quiet && mayWait) reason = Reason.Expired;
            LetGo(held);
            decision.Detail = DetailOf(reason, prompt, user, at);
            if (reason == Reason.None) Send(decision, prompt, default, user, into);
            else End(decision, reason, default, user, into);
            _lane.Pool.Release(held.Instance);
        }
        Tally.AssertBalanced();
    }

    /// <summary>An exit or goal event ended the instance that a held candidate is of.</summary>
    public void EndHeld(HeldCandidate held, bool isGoal, List<Decision> into) => EndHeld(held, isGoal ? Reason.Converted : Reason.Exited, into);

    /// <summary>After a merge: who is held out under another id by now is sent nothing of what is held, and places in the caps are given back.</summary>
    public void HoldOut(UserState user)
    {
        foreach (var held in user.Held)
        {
            if (held.HeldOut != HeldOut.No) continue;
            held.HeldOut = _holdouts.Of(user, _rulebook.Triggers[held.Instance.Trigger]);
            if (held.HeldOut != HeldOut.No) user.Contact?.Remove(held.PromptId);
        }
    }

    /// <summary>It ends for this reason: its trigger is in force no more, or there is no room for it.</summary>
    public void EndHeld(HeldCandidate held, Reason reason, List<Decision> into) => End(held, reason, _lane.Clock, into);

    private void End(HeldCandidate held, Reason reason, EventTime at, List<Decision> into)
    {
        var trigger = TriggerOf(held);
        var candidate = new Candidate(trigger, held.Instance.Key, held.DecidedAt, held.DecidedAt) { Captured = held };
        Tally.Release(trigger.Index);
        LetGo(held);
        End(new(candidate) { At = at, Channel = held.Channel, HeldOut = held.HeldOut }, reason, default, held.User, into);
        _lane.Pool.Release(held.Instance);
    }

    private CompiledTrigger TriggerOf(HeldCandidate held)
    {
        var trigger = _rulebook.Triggers[held.Instance.Trigger];
        return held.Step < 0 ? trigger : trigger.Journey!.Prompts[held.Step];
    }

    private Reason OnRelease(Decision decision, in PromptTrace prompt, in Scope scope)
    {
        var (trigger, at) = (decision.Trigger, decision.At);
        if (IsPaused(trigger)) return Reason.CircuitOpen;
        if (at > decision.NotAfter) return Reason.Expired;
        if (at < trigger.JudgedFrom) return Reason.Backfill;
        if (trigger.ReleasePredicate is { } predicate && !predicate.Holds(scope)) return Reason.Predicate;
        var reason = trigger.AsksReentry ? Reentry(decision.Candidate, scope.User, at) : Reason.None;
        if (reason != Reason.None) return reason;
        if (!HasConsent(trigger, scope.User)) return Reason.NoConsent;
        if (_caps.Full(scope.User, prompt, at) is not null) return Reason.Cap;
        if (!trigger.IsTransactional && _quiet.IsQuiet(trigger.Channels[decision.Channel], scope.User, at)) return Reason.Quiet;
        return TryFill(decision, trigger.ReleaseData, scope) ? Reason.None : Reason.TemplateError;
    }

    private void Hold(Decision decision, EventTime until, in Scope scope, in BehaviorEvent e, List<Decision> into)
    {
        ref readonly var candidate = ref decision.Candidate;
        var (trigger, user) = (decision.Trigger, scope.User);
        var names = CandidateNames.Of(candidate, e, user.Id);
        var id = names.PromptId(candidate);
        var held = new HeldCandidate
        {
            Instance = _lane.Pool.OpenInstance(user, trigger.Index, candidate.Key),
            DecidedAt = candidate.DecidedAt,
            BeganAt = candidate.BeganAt,
            Channel = decision.Channel,
            HeldOut = decision.HeldOut,
            Step = trigger.StepIndex,
            AwaitsApproval = decision.AwaitsApproval,
            PromptId = PromptId.ValueOf(id),
        };
        candidate.Keep(ref held.Captured, scope);
        user.Hold(held);
        _lane.Timers.Arm(held, until.UnixMilliseconds);
        _lane.Held.Add(held.DecidedAt);
        if (candidate.Absence is { } absence) absence.SentUntil = decision.NotAfter;
        if (held.HeldOut == HeldOut.No) Remember(TraceOf(trigger, held.Channel, held.PromptId, held.DecidedAt) with { IsHeld = true }, user);
        Tally.Hold(trigger.Index);
        if (!WantsSuppressed) return;
        (decision.Verdict, decision.Names, decision.PromptId) = (Verdict.Held, names, id);
        decision.Detail = decision.AwaitsApproval ? $"awaits an answer until {until.UnixMilliseconds}" : $"until {until.UnixMilliseconds}";
        into.Add(decision);
    }

    /// <summary>Its reservation ends with it; a prompt that is sent takes its place.</summary>
    private void LetGo(HeldCandidate held)
    {
        var user = held.User;
        _lane.Timers.Disarm(held);
        _lane.Held.Remove(held.DecidedAt);
        user.Unhold(held);
        user.Contact?.Remove(held.PromptId);
    }

    /// <summary>What an absence held and never sent cannot be taken back.</summary>
    private static void Forget(HeldCandidate held)
    {
        for (var i = 0; i < held.Instance.Absences.Count; i++)
        {
            var absence = held.Instance.Absences[i];
            if (!absence.IsArmed && absence.Captured.Id(0) == held.Captured.Id(0)) absence.SentUntil = null;
        }
    }
}
