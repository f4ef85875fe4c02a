using System.Runtime.CompilerServices;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage;

/// <content>Time passes: what is due happens, before the event after it.</content>
internal sealed partial class Pipeline
{
    private void FireBefore(EventTime before, StepOutput output)
    {
        while (_lane.Timers.TryTakeInstant(before.UnixMilliseconds, _instant))
        {
            var due = new EventTime(_instant[0].Due);
            _lane.MoveClockTo(due);
            FireInstant(due, output);
        }
    }

    /// <summary>Timers that a late event armed behind the clock.</summary>
    private void FireOverdue(StepOutput output)
    {
        while (_lane.Timers.TryTakeInstant(_lane.Clock.UnixMilliseconds, _instant))
            FireInstant(DecidedAt(_instant[0].Due, _lane.Clock), output);
    }

    /// <summary>A tick: what is due at or before it fires, late if the engine was away.</summary>
    private void FireThrough(EventTime tick, StepOutput output)
    {
        while (_lane.Timers.TryTakeInstant(tick.UnixMilliseconds + 1, _instant))
        {
            var decidedAt = DecidedAt(_instant[0].Due, tick);
            _lane.MoveClockTo(decidedAt);
            FireInstant(decidedAt, output);
        }
        _lane.MoveClockTo(tick);
    }

    private EventTime DecidedAt(long due, EventTime clock) =>
        clock.UnixMilliseconds - due > _rulebook.Time.MisfireAfterMilliseconds ? clock : new(due);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void FireInstant(EventTime decidedAt, StepOutput output)
    {
        if (_instant.Count > 1) _instant.Sort(_timerOrder);
        if (!EndSessions(output))
        {
            for (var i = 0; i < _instant.Count;) i = FireUser(i, decidedAt, output);
        }
        _instant.Clear();
    }

    /// <summary>Sessions end first, as events; the instant's other timers go back to the wheel until that is done.</summary>
    private bool EndSessions(StepOutput output)
    {
        if (!HasSessionEnd()) return false;
        foreach (var timer in _instant)
            if (timer.Purpose != TimerPurpose.SessionEnd) _lane.Timers.Arm(timer, timer.Due);
        foreach (var timer in _instant)
        {
            if (timer.Purpose != TimerPurpose.SessionEnd) continue;
            Touch(timer.User);
            Step(_sessions.EndOf(timer.User, new(timer.Due)), timer.User, output);
        }
        return true;
    }

    private bool HasSessionEnd()
    {
        foreach (var timer in _instant)
            if (timer.Purpose == TimerPurpose.SessionEnd) return true;
        return false;
    }

    private void Answer(HeldCandidate held, bool isApproved, StepOutput output)
    {
        _decider.WantsSuppressed = output.WantsDecisions;
        _decider.Answer(held, isApproved, _decisions);
        Emit(held.User, output);
    }

    private void Release(HeldCandidate held, EventTime at, StepOutput output)
    {
        _decider.WantsSuppressed = output.WantsDecisions;
        _decider.Release(held, at, _decisions);
        Emit(held.User, output);
    }

    /// <summary>The timers of one user at one instant make one group. Returns the place of the next user's first.</summary>
    private int FireUser(int first, EventTime decidedAt, StepOutput output)
    {
        var user = _instant[first].User;
        Touch(user);
        var next = first;
        for (; next < _instant.Count && _instant[next].User == user; next++)
        {
            if (_instant[next] is HeldCandidate held) Release(held, decidedAt, output);
            else if (_instant[next].Purpose == TimerPurpose.SegmentCheck) _detector.LookAtSegments(user, decidedAt, _group);
            else _detector.Fire(_instant[next], decidedAt, _group);
        }
        Decide(default, user, output);
        return next;
    }
}
