using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>Runs the compiled rulebook on one user's events and timers: what it finds are candidates. One a lane; not thread-safe.</summary>
internal sealed class Detector
{
    private readonly CompiledRulebook _rulebook;
    private readonly Lane _lane;
    private readonly Surroundings _around;
    private readonly AbsenceDetector _absences;
    private readonly PatternDetector _patterns;
    private readonly SegmentDetector _segments;
    private readonly JourneyRunner _journeys;
    private readonly InstanceSweep _sweep;
    private readonly IdleSweep _idle;
    private readonly bool[] _movesProgress;
    private readonly long _lateness;
    private readonly bool _hasSegments;

    public Detector(CompiledRulebook rulebook, Lane lane)
    {
        _rulebook = rulebook;
        _lane = lane;
        _around = new(rulebook.NewCivilTime());
        _absences = new(lane, rulebook.Time.LatenessMilliseconds);
        _patterns = new(lane, _around, rulebook.Time.LatenessMilliseconds) { Trigger = index => rulebook.Triggers[index] };
        _segments = new(lane, _around);
        _journeys = new(rulebook, lane, _around);
        _sweep = new(rulebook, lane);
        _idle = new(rulebook, lane, _sweep);
        _lateness = rulebook.Time.LatenessMilliseconds;
        _hasSegments = rulebook.Segments.Length > 0;
        _movesProgress = [.. rulebook.Plans.Select(plan => plan.MovesProgress)];
    }

    public Surroundings Around => _around;

    /// <summary>The input has ended: hours and weekdays go on changing segments until this instant only.</summary>
    public void EndPerpetualAt(EventTime until) => _segments.PerpetualUntil = until;

    public bool IsBehavior(in BehaviorEvent e) => _rulebook.Plans[e.Type].IsBehavior;

    /// <summary>Applies one event to its user's state; what it makes is added to the group.</summary>
    public void Apply(in BehaviorEvent e, UserState user, CandidateGroup group)
    {
        var plan = _rulebook.Plans[e.Type];
        var scope = new Scope(in e, user, e.At.UnixMilliseconds, _around);
        Feed(plan.Feeds, scope);
        if (_movesProgress[e.Type]) Progress(plan, scope, group);
        foreach (var rule in plan.Events)
            if (Concerns(rule, scope) && IsActive(rule.Trigger, e)) group.Match(rule.Trigger);
        if (_hasSegments) Segment(plan, e, user, group);
        if (plan.MovesJourneys && user.Journeys.Count > 0) _journeys.AfterEvent(e, user, group.Candidates);
    }

    /// <summary>What triggers know of the user, and what all of them know: most types of event have nothing to do with it.</summary>
    private void Progress(TypePlan plan, in Scope scope, CandidateGroup group)
    {
        ref readonly var e = ref scope.Event;
        var user = scope.User;
        if (plan.IsActivity) Live(e.At, user);
        if (plan.MovesStanding) Stand(user);
        foreach (var exit in plan.Exits) End(exit, scope, group);
        foreach (var cancel in plan.Cancels)
            if (Concerns(cancel, scope)) _absences.Cancel(cancel.Trigger, scope, group);
        foreach (var arm in plan.Arms)
            if (Concerns(arm, scope) && IsActive(arm.Trigger, e)) _absences.Arm(arm.Trigger, scope);
        Feed(plan.Histories, scope);
        foreach (var trigger in plan.Patterns)
            if (IsActive(trigger, e)) _patterns.Advance(trigger, e, user, group);
    }

    /// <summary>A deadline of a trigger. <paramref name="decidedAt"/> is its due time, or the clock when it fires too late.</summary>
    public void Fire(LaneTimer timer, EventTime decidedAt, CandidateGroup group)
    {
        if (timer is PartialMatch match)
        {
            _patterns.Complete(match, group, decidedAt);
            return;
        }
        if (timer is JourneyProgress journey)
        {
            _journeys.Fire(journey, decidedAt, group.Candidates);
            return;
        }
        var absence = (ArmedAbsence)timer;
        group.Candidates.Add(new(_rulebook.Triggers[absence.Instance.Trigger], absence.Instance.Key, decidedAt, decidedAt)
        {
            Captured = absence,
            Due = new(timer.Due),
        });
    }

    public void LookAtSegments(UserState user, EventTime at, CandidateGroup group) =>
        _segments.AtInstant(_rulebook.Segments, user, at, group);

    /// <summary>Segments that a change of the rulebook brought find their members.</summary>
    public void Acquaint(IReadOnlyList<CompiledSegment> segments, UserState user, EventTime at) => _segments.Acquaint(segments, user, at);

    /// <summary>After a group is decided: fired absences stay only while they can still be taken back.</summary>
    public void Settle(CandidateGroup group, UserState user)
    {
        if (!group.IsEmpty)
        {
            foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(group.Candidates))
                if (candidate.Absence is { } absence) _absences.Settle(absence);
            group.Clear();
        }
        Settle(user);
    }

    /// <summary>After an event that made nothing to be decided.</summary>
    public void Settle(UserState user)
    {
        _lane.Pool.EndGroup();
        if (user.InstanceCount == 0) return;
        _sweep.After(user);
        _idle.After(user);
    }

    /// <summary>Gives back what users who went away cannot use any more: of <paramref name="most"/> users. To be called between groups.</summary>
    public void SweepIdle(int most) => _idle.Run(most);

    private void Segment(TypePlan plan, in BehaviorEvent e, UserState user, CandidateGroup group)
    {
        var segments = user.Applied == 1 || _segments.IsDue(user) ? _rulebook.Segments : plan.Segments;
        if (segments.Length > 0) _segments.AfterEvent(segments, e, user, group);
    }

    private void Stand(UserState user) =>
        _lane.Stand(user, _rulebook.Standing!.Of(new(user, _lane.Clock.UnixMilliseconds, _around, captured: null)));

    private void Live(EventTime at, UserState user)
    {
        var settled = _lane.Clock.UnixMilliseconds - _lateness;
        _lane.Counters.LifeRunsDropped += (user.Life ??= new()).Add(at.UnixMilliseconds, _rulebook.Lifecycle!, settled);
    }

    private static bool Concerns(TriggerRule rule, in Scope scope) => rule.Where is null || rule.Where.Holds(scope);

    private static bool IsActive(CompiledTrigger trigger, in BehaviorEvent e) => e.At >= trigger.ActiveFrom;

    private void Feed(WindowFeed[] feeds, in Scope scope)
    {
        foreach (var feed in feeds)
            if (feed.Filter is null || feed.Filter.Holds(scope)) Feed(feed, scope);
    }

    // Apart: what most events do is a small method then.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Feed(WindowFeed feed, in Scope scope)
    {
        var (slot, at) = (feed.Slot, scope.Event.At.UnixMilliseconds);
        var (word, key) = (0L, 0UL);
        if (feed.Value is not null && !TryTake(feed, scope, out word)) return;
        feed.Key?.TryIdentify(scope, out key);
        if (slot.IsPlain && scope.User.Windows.TryAppend(slot, at, word, key, unchecked(_lane.Clock.UnixMilliseconds - _lateness))) return;
        var kept = slot.HoldsValues ? Owned(feed.Value!.Evaluate(scope)) : Value.Null;
        Add(slot, new(at, word, key, kept), scope.User);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Add(WindowSlot slot, in WindowSample sample, UserState user)
    {
        var horizon = new WindowHorizon(_lane.Clock.UnixMilliseconds, _lateness);
        if (user.Windows.Add(slot, sample, horizon) is > 0 and var merged) _lane.Counters.WindowsCoalesced += merged;
    }

    /// <summary>The word that a window keeps of a value; false where it keeps nothing of it.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool TryTake(WindowFeed feed, in Scope scope, out long word)
    {
        var (content, value) = (feed.Slot.Content, feed.Value!.Evaluate(scope));
        word = content == WindowContent.Identities ? unchecked((long)value.Identity) : BitConverter.DoubleToInt64Bits(value.Number);
        return !value.IsNull && (content > WindowContent.Greatest || value.Kind == ValueKind.Number);
    }

    /// <summary>First and last keep the value itself, so its text must outlive the batch.</summary>
    private static Value Owned(in Value value) => value.Kind == ValueKind.Text ? Value.Of(value.Text.Detach()) : value;

    /// <summary>An exit ends the instance of its key, or every instance where the event carries no key.</summary>
    private void End(TriggerRule exit, in Scope scope, CandidateGroup group)
    {
        if (!Concerns(exit, scope)) return;
        var user = scope.User;
        if (exit.IsGoal && user.Aftermath is { } aftermath) aftermath.Reach(exit.Trigger.Index, scope.Event.At, _lane.Outcomes);
        var key = exit.Trigger.KeyOf(scope);
        if (exit.Trigger.Key is null || !key.IsNull)
        {
            if (user.FindInstance(exit.Trigger.Index, key.Identity) is { } known && known.Key == key) End(known, exit, scope.Event.At, group);
            return;
        }
        for (var i = user.InstanceCount - 1; i >= 0; i--)
        {
            if (i >= user.InstanceCount) continue;
            var instance = user.InstanceAt(i);
            if (instance.Trigger != exit.Trigger.Index) continue;
            End(instance, exit, scope.Event.At, group);
        }
    }

    private void End(TriggerInstance instance, TriggerRule exit, EventTime at, CandidateGroup group)
    {
        if (instance.HeldCount > 0)
        {
            foreach (var held in instance.User.Held)
                if (held.Instance == instance && held.BeganAt <= at) group.End(held, exit.IsGoal);
        }
        _absences.End(instance, at);
        _patterns.End(instance, at);
        if (instance.IsInJourney) _journeys.End(instance, at);
        var trigger = _rulebook.Triggers[instance.Trigger];
        if (trigger.Decide.Reentry == Rules.ReentryMode.AfterExit && instance.LastSent is { } sent && at >= sent) instance.IsBlocked = false;
        if (instance.User.InstanceCount > 0) _lane.Pool.Release(instance);
    }
}
