using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// Keeps each user's membership of segments: looks again when an event could change it, and at the next instant at which time could.
/// </summary>
internal sealed class SegmentDetector(Lane lane, Surroundings around)
{
    /// <summary>Perpetual segments (by hour or weekday) are not looked at after this instant; set when the input has ended.</summary>
    public EventTime PerpetualUntil { get; set; } = new(long.MaxValue);

    /// <summary>The instant that was foreseen is now: whatever event is being applied, it shows the change.</summary>
    public bool IsDue(UserState user) => user.SegmentTimer is { IsArmed: true } timer && timer.Due <= lane.Clock.UnixMilliseconds;

    /// <summary>After an event: the segments its type touches.</summary>
    public void AfterEvent(CompiledSegment[] segments, in BehaviorEvent e, UserState user, CandidateGroup group)
    {
        var next = user.SegmentTimer is { IsArmed: true } timer ? timer.Due : long.MaxValue;
        foreach (var segment in segments)
        {
            var scope = new Scope(in e, user, lane.Clock.UnixMilliseconds, around);
            if (Changes(segment, scope) is { } edge)
            {
                foreach (var trigger in edge)
                    if (e.At >= trigger.ActiveFrom) group.Candidates.Add(new(trigger, Value.Null, lane.Clock, e.At) { IsByEvent = true });
            }
            next = Math.Min(next, NextLook(segment, scope));
        }
        LookAt(user, next);
    }

    /// <summary>At an instant that was foreseen: all of them.</summary>
    public void AtInstant(CompiledSegment[] segments, UserState user, EventTime at, CandidateGroup group)
    {
        var next = long.MaxValue;
        foreach (var segment in segments)
        {
            var scope = new Scope(user, at.UnixMilliseconds, around, captured: null);
            if (Changes(segment, scope) is { } edge)
            {
                foreach (var trigger in edge)
                    if (at >= trigger.ActiveFrom) group.Candidates.Add(new(trigger, Value.Null, at, at) { Due = at });
            }
            next = Math.Min(next, NextLook(segment, scope));
        }
        LookAt(user, next);
    }

    /// <summary>Segments that a change of the rulebook brought: who meets them at that instant is in them, and no edge is made of it.</summary>
    public void Acquaint(IReadOnlyList<CompiledSegment> segments, UserState user, EventTime at)
    {
        var next = user.SegmentTimer is { IsArmed: true } timer ? timer.Due : long.MaxValue;
        foreach (var segment in segments)
        {
            var scope = new Scope(user, at.UnixMilliseconds, around, captured: null);
            user.SetMember(segment.Index, segment.Condition.Holds(scope));
            next = Math.Min(next, NextLook(segment, scope));
        }
        LookAt(user, next);
    }

    private static List<CompiledTrigger>? Changes(CompiledSegment segment, in Scope scope)
    {
        var holds = segment.Condition.Holds(scope);
        if (holds == scope.User.IsMember(segment.Index)) return null;
        scope.User.SetMember(segment.Index, holds);
        return holds ? segment.OnEnter : segment.OnExit;
    }

    private long NextLook(CompiledSegment segment, in Scope scope)
    {
        var next = segment.Condition.NextChange(scope);
        return segment.IsPerpetual && next > PerpetualUntil.UnixMilliseconds ? long.MaxValue : next;
    }

    private void LookAt(UserState user, long next)
    {
        if (next == long.MaxValue) return;
        user.SegmentTimer ??= new(user);
        if (!user.SegmentTimer.IsArmed || user.SegmentTimer.Due != next) lane.Timers.Arm(user.SegmentTimer, next);
    }
}
