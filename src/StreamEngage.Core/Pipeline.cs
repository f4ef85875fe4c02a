using System.Runtime.CompilerServices;
using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>
/// The engine: a synchronous, pure function over a batch of admitted events (Ingest) and the states of their users. Same batches, rulebook and
/// states, same commands, byte for byte. One a lane; not thread-safe; it waits for nothing and reads no clock but the events'.
/// </summary>
internal sealed partial class Pipeline
{
    private const int IdleAnEvent = 2;

    private readonly CompiledRulebook _rulebook;
    private readonly Lane _lane;
    private readonly UsersAhead _ahead;
    private readonly Profile _profile;
    private readonly ContactBook _contacts;
    private readonly SessionTracker _sessions;
    private readonly Detector _detector;
    private readonly Decider _decider;
    private readonly Approvals _approvals;
    private readonly PipelineIdentities _identities;
    private readonly PipelineMoves _moves;
    private readonly PipelineTimerOrder _timerOrder;
    private readonly CandidateGroup _group = new();
    private readonly List<Decision> _decisions = [];
    private readonly List<LaneTimer> _instant = [];
    private readonly long _dedup;

    /// <param name="rulebook">What runs.</param>
    /// <param name="lane">Whose users.</param>
    /// <param name="laneOf">The lane that has a user, by the hash of the id, where others can be looked into; null: this one alone is known.</param>
    /// <param name="map">Where lanes are apart and send each other errands: which has a user; null: there is no other, or it can be looked into.</param>
    public Pipeline(CompiledRulebook rulebook, Lane lane, Func<ulong, Lane>? laneOf = null, LaneMap? map = null)
    {
        _rulebook = rulebook;
        _lane = lane;
        _dedup = rulebook.Time.DedupMilliseconds;
        _ahead = new(lane.Users, [.. rulebook.Plans.Select(plan => plan.TouchesInstances || rulebook.UsesSessions)]);
        _timerOrder = new(rulebook);
        _approvals = new(rulebook.Schema, lane.Counters);
        _profile = new(rulebook.Schema, rulebook.Attributes, rulebook.DeviceZone, lane.Counters);
        _contacts = new(
            rulebook.Schema, lane.Counters, rulebook.Triggers.Select(trigger => trigger.Purpose),
            rulebook.Triggers.SelectMany(trigger => trigger.Definition.AllChannels).Select(channel => new Utf8Text(channel)));
        _sessions = new(rulebook.Schema, rulebook.Time, lane);
        _detector = new(rulebook, lane);
        _decider = new(rulebook, lane, _detector.Around);
        _identities = new(rulebook, lane) { LaneOf = laneOf, Map = map, Meeting = Meet };
        _moves = new(rulebook, lane, _identities);
    }

    /// <summary>
    /// Hears of a user who <see cref="UserState.IsBehind">is behind</see> before anything else happens to that user; the user is not behind any more then.
    /// </summary>
    public Action<UserState> CatchUp { get; init; } = _ => { };

    public VerdictTally Tally => _decider.Tally;

    /// <summary>What decisions see of earlier ones of all users; nothing, until the pipeline's owner has more to say.</summary>
    public GlobalStatistics Statistics
    {
        get => _decider.Statistics;
        set => (_decider.Statistics, _detector.Around.Standings) = (value, value.Tally.Standings);
    }

    /// <summary>Applies the batch in order: before each event the timers due before its clock, after the last one the tick.</summary>
    public void Process(EventBatch batch, StepOutput output) => Process(batch, [], output);

    /// <summary>The same, with errands of other lanes in their places among the events.</summary>
    public void Process(EventBatch batch, IReadOnlyList<PlacedErrand> errands, StepOutput output)
    {
        var events = batch.Events;
        var (done, next) = (0, errands.Count == 0 ? int.MaxValue : errands[0].Before);
        _ahead.Start(events);
        for (var i = 0; i < events.Length; i++)
        {
            if (i == next) (done, next) = Run(errands, done, i, output);
            ref readonly var e = ref events[i];
            FireBefore(e.Clock, output);
            _lane.MoveClockTo(e.Clock);
            _detector.SweepIdle(IdleAnEvent);
            var user = _ahead.Next(events, i);
            if (user.IsMarked || _identities.Concerns(e)) TakeAsOwner(e, user, output);
            else Take(e, user, output);
        }
        Run(errands, done, events.Length, output);
        if (batch.Clock is { } clock)
        {
            FireBefore(clock, output);
            _lane.MoveClockTo(clock);
        }
        if (batch.Tick is { } tick) FireThrough(tick, output);
        _detector.SweepIdle(Limits.BatchEventsMax);
        Tell(output);
    }

    /// <summary>Adds the ids of users whom the events and errands concern and the lane does not have; to be asked again once they are there.</summary>
    public void AddMissing(EventBatch batch, IReadOnlyList<PlacedErrand> errands, HashSet<Utf8Text> missing) =>
        _identities.AddMissing(batch.Events, errands, missing);

    /// <summary>The input has ended: what time alone would change for ever ends some days from now.</summary>
    public void EndInput() => _detector.EndPerpetualAt(_lane.Clock + Limits.PerpetualDrainMilliseconds);

    /// <summary>After <see cref="EndInput"/>: the clock moves on until no timer is left, each firing at its due time.</summary>
    public void Drain(StepOutput output)
    {
        FireBefore(new(long.MaxValue), output);
        Tell(output);
    }

    private void Tell(StepOutput output)
    {
        output.Errands.AddRange(_lane.Errands);
        _lane.Errands.Clear();
        if (_lane.Outcomes.Count + _lane.Moves.Count == 0) return;
        output.Outcomes.AddRange(_lane.Outcomes);
        _lane.Outcomes.Clear();
        output.Moves.AddRange(_lane.Moves);
        _lane.Moves.Clear();
    }

    /// <summary>This rulebook ends here: what is held of triggers that the next one does not have has its verdict now.</summary>
    public void Retire(StateLayout next, StepOutput output)
    {
        _decider.WantsSuppressed = output.WantsDecisions;
        foreach (var user in _lane.Users.All)
        {
            foreach (var held in user.Held.ToArray())
                if (!next.Takes(held, _rulebook.Layout)) _decider.EndHeld(held, Reason.Retired, _decisions);
            Emit(user, output);
        }
        Tally.HandOver();
    }

    /// <summary>The rulebook begins here, with users that another one has known.</summary>
    /// <param name="at">When.</param>
    /// <param name="segments">Those that it brings.</param>
    /// <param name="bringsStages">Before it nobody asked for stages, or they were made of other activity.</param>
    public void Begin(EventTime at, IReadOnlyList<CompiledSegment> segments, bool bringsStages)
    {
        foreach (var user in _lane.Users.All)
        {
            if (bringsStages) LifeCodec.Assume(user);
            foreach (var held in user.Held) Tally.TakeOver(held.Instance.Trigger);
            if (segments.Count > 0 && user.Applied > 0) _detector.Acquaint(segments, user, at);
        }
    }

    /// <summary>Errands whose place is before the event at <paramref name="place"/>. Returns how many are done, and the place of the next.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private (int Done, int Next) Run(IReadOnlyList<PlacedErrand> errands, int done, int place, StepOutput output)
    {
        for (; done < errands.Count && errands[done].Before <= place; done++) Run(errands[done].Errand, output);
        return (done, done < errands.Count ? errands[done].Before : int.MaxValue);
    }

    private void Run(LaneErrand errand, StepOutput output)
    {
        if (errand is MoveRequest request) _moves.Release(request);
        else if (errand is MoveReply reply && _moves.Take(reply) is { } known)
        {
            Merged(known, output);
            _detector.Settle(_group, known);
            FireOverdue(output);
        }
        else if (errand is AliasErasure erasure && _moves.TryFind(erasure, out var met)) Erase(met, erasure.At, output);
    }

    /// <summary>Segments that a change of the rulebook brought find a user, without an edge.</summary>
    public void Acquaint(IReadOnlyList<CompiledSegment> segments, UserState user) => _detector.Acquaint(segments, user, _lane.Clock);

    private void Touch(UserState user)
    {
        _lane.Touch(user);
        Meet(user);
    }

    private void Meet(UserState user)
    {
        if (!user.IsBehind) return;
        user.IsBehind = false;
        CatchUp(user);
    }

    private void Take(in BehaviorEvent e, UserState user, StepOutput output)
    {
        Touch(user);
        if (IsTooLate(e))
        {
            TakeTooLate(e, user);
            return;
        }
        if (!IsNew(e, user)) return;
        if (_identities.IsIdentify(e) && _identities.TryMerge(e, user)) Merged(user, output);
        Apply(e, user, output);
        if (e.IsLate) FireOverdue(output);
    }

    /// <summary>Nothing but a word on consent or a channel still counts.</summary>
    private void TakeTooLate(in BehaviorEvent e, UserState user)
    {
        if (_identities.IsForgotten(e)) _contacts.UpdateForgotten(e, user);
        else _contacts.Update(e, user);
    }

    /// <summary>The event names an id that was merged or erased, or does that to one.</summary>
    // Rare, and kept out of the loop over events, so that what is common is compiled into it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void TakeAsOwner(in BehaviorEvent e, UserState met, StepOutput output)
    {
        if (!_identities.TryOwner(e, met, out var user)) _lane.Counters.ErasedIgnored++;
        else if (user.Identity is { OwnerLane: not null }) _moves.Forward(e, user);
        else if (e.Type == _identities.EraseType)
        {
            Erase(user, e.Clock, output);
            _lane.Counters.Erased++;
        }
        else if (!_identities.IsIdentify(e) || !IsTooLate(e)) Take(e, user, output);
        else
        {
            Touch(user);
            if (!_identities.TryMerge(e, user)) return;
            Merged(user, output);
            _detector.Settle(_group, user);
        }
    }

    private bool IsTooLate(in BehaviorEvent e) => e.IsLate && e.Clock - e.At >= _rulebook.Time.LatenessMilliseconds;

    /// <summary>What was held for either id stands under the rules for both.</summary>
    private void Merged(UserState user, StepOutput output)
    {
        Touch(user);
        _decider.HoldOut(user);
        if (user.Held.Count <= Limits.HeldMax) return;
        _decider.WantsSuppressed = output.WantsDecisions;
        while (user.Held.Count > Limits.HeldMax) _decider.EndHeld(user.Held[0], Reason.Quiet, _decisions);
        Emit(user, output);
    }

    private void Erase(UserState user, EventTime at, StepOutput output)
    {
        Touch(user);
        _decider.WantsSuppressed = output.WantsDecisions;
        while (user.Held.Count > 0) _decider.EndHeld(user.Held[0], isGoal: false, _decisions);
        Emit(user, output);
        _lane.Pool.EndGroup();
        _identities.Erase(user, at);
    }

    private bool IsNew(in BehaviorEvent e, UserState user)
    {
        if (_dedup == 0) return true;
        var verdict = user.Ids.Admit(e.IdHash, e.ContentHash, e.At.UnixMilliseconds, _lane.Clock.UnixMilliseconds, _dedup);
        if (verdict == IdVerdict.Duplicate) _lane.Counters.Duplicates++;
        if (verdict == IdVerdict.Collision) _lane.Counters.Collisions++;
        return verdict == IdVerdict.New;
    }

    private void Apply(in BehaviorEvent e, UserState user, StepOutput output)
    {
        _lane.Counters.Applied++;
        if (_detector.IsBehavior(e)) Behave(e, user, output);
        else Hear(e, user, output);
        Step(e, user, output);
    }

    /// <summary>A fact about the user, or an answer.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Hear(in BehaviorEvent e, UserState user, StepOutput output)
    {
        _profile.Update(e, user);
        _contacts.Update(e, user);
        if (_approvals.AnswerOf(e, user) is { } answer) Answer(answer.Held, answer.IsApproved, output);
    }

    /// <summary>What the user does is seen, and belongs to a session whose start is an event before it.</summary>
    private void Behave(in BehaviorEvent e, UserState user, StepOutput output)
    {
        if (_profile.KnowsDevice) _profile.Locate(e, user);
        user.SawAt(e.At);
        if (!_rulebook.UsesSessions) return;
        if (SessionTracker.Begins(e, user)) BeginSession(e, user, output);
        _sessions.Track(e, user);
    }

    // Apart: the start is an event of its own, and room for it would be made ready at every event.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void BeginSession(in BehaviorEvent e, UserState user, StepOutput output)
    {
        Step(_sessions.StartOf(e, user), user, output);
        if (e.IsLate) FireOverdue(output);
    }

    /// <summary>State, Detect, Decide, Emit: one event of one user.</summary>
    private void Step(in BehaviorEvent e, UserState user, StepOutput output)
    {
        user.Applied++;
        _detector.Apply(e, user, _group);
        Decide(e, user, output);
    }

    private void Decide(in BehaviorEvent e, UserState user, StepOutput output)
    {
        if (_group.IsEmpty) _detector.Settle(user);
        else DecideGroup(e, user, output);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void DecideGroup(in BehaviorEvent e, UserState user, StepOutput output)
    {
        foreach (var absence in _group.TakenBack)
            output.Prompts.Add(CommandMaker.Cancel(_rulebook.Triggers[absence.Instance.Trigger], absence, user, _lane.Clock));
        _decider.WantsSuppressed = output.WantsDecisions;
        foreach (var (held, isGoal) in _group.Ended) _decider.EndHeld(held, isGoal, _decisions);
        _decider.Decide(_group, e, user, _decisions);
        Emit(user, output);
        _detector.Settle(_group, user);
    }

    private void Emit(UserState user, StepOutput output)
    {
        foreach (var decision in _decisions) CommandMaker.Make(decision, user, output);
        if (_decisions.Count > 0) _decisions.Clear();
    }
}
