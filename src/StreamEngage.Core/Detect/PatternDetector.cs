using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// Advances the partial matches of a pattern (SEMANTICS section 4). A partial match is the events taken so far and the set of continuations
/// still open: bit 0 takes another event of the same step, bit k the first event of the k-th step after it.
/// </summary>
internal sealed class PatternDetector(Lane lane, Surroundings around, long lateness)
{
    private readonly List<PartialMatch> _finished = [];

    public void Advance(CompiledTrigger trigger, in BehaviorEvent e, UserState user, CandidateGroup group)
    {
        var plan = trigger.Pattern!;
        var scope = new Scope(in e, user, e.At.UnixMilliseconds, around);
        var key = trigger.KeyOf(scope);
        var instance = user.FindInstance(trigger.Index, key.Identity);
        if (instance is { Partials.Count: > 0 })
        {
            Expire(plan, instance);
            var before = instance.Partials.Count;
            for (var i = 0; i < before; i++) Offer(trigger, instance.Partials[i], e);
        }
        instance = Begin(trigger, instance, key, scope);
        if (instance is not { Partials.Count: > 0 }) return;
        if (_finished.Count > 0) Finish(trigger, group);
        Sweep(instance);
    }

    /// <summary>The time in which a last <c>not</c> could come is over: the waiting match is complete.</summary>
    public void Complete(PartialMatch match, CandidateGroup group, EventTime decidedAt)
    {
        var instance = match.Instance;
        if (!match.IsWaiting) return;
        match.IsWaiting = false;
        group.Candidates.Add(new(TriggerOf(match), instance.Key, decidedAt, decidedAt)
        {
            Captured = match,
            Due = new(match.Due),
        });
        Skip(TriggerOf(match).Pattern!, match);
        Sweep(instance);
    }

    /// <summary>An exit: what began at or before it goes.</summary>
    public void End(TriggerInstance instance, EventTime at)
    {
        if (instance.Partials.Count == 0) return;
        for (var i = 0; i < instance.Partials.Count; i++)
            if (instance.Partials[i].FirstAt <= at) Close(instance.Partials[i]);
        Sweep(instance);
    }

    public required Func<int, CompiledTrigger> Trigger { get; init; }

    private CompiledTrigger TriggerOf(PartialMatch partial) => Trigger(partial.Instance.Trigger);

    private static bool IsGone(PartialMatch partial) => partial.Open == 0 && !partial.IsWaiting;

    private void Close(PartialMatch partial)
    {
        partial.Open = 0;
        partial.IsWaiting = false;
        lane.Timers.Disarm(partial);
    }

    /// <summary>No event that may still arrive can be within the pattern's time of these.</summary>
    private void Expire(PatternPlan plan, TriggerInstance instance)
    {
        if (plan.Definition.WithinMilliseconds is not { } within) return;
        for (var i = 0; i < instance.Partials.Count; i++)
            if (lane.Clock - instance.Partials[i].FirstAt >= within + lateness) instance.Partials[i].Open = 0;
    }

    private void Offer(CompiledTrigger trigger, PartialMatch partial, in BehaviorEvent e)
    {
        if (e.At < partial.LastAt || IsGone(partial)) return;
        var plan = trigger.Pattern!;
        var scope = new Scope(in e, partial.Instance.User, e.At.UnixMilliseconds, around, partial);
        if (partial.IsWaiting) OfferToWaiting(plan, partial, scope);
        else OfferToOpen(trigger, partial, scope);
        partial.IsFresh = false;
    }

    private void OfferToWaiting(PatternPlan plan, PartialMatch partial, in Scope scope)
    {
        var last = plan.LastNot!;
        if (last.IsStrict && !partial.IsFresh) return;
        if (scope.Event.At - partial.LastAt <= plan.LastNotMilliseconds && Matches(last, scope)) Close(partial);
    }

    private void OfferToOpen(CompiledTrigger trigger, PartialMatch partial, in Scope scope)
    {
        var plan = trigger.Pattern!;
        CloseForbidden(plan, partial, scope);
        var step = plan.Steps[partial.Step];
        if (step.Definition.Greedy && IsOpen(partial, 0) && CanTake(plan, partial, 0, scope)) partial.Open = 1;
        for (var k = 0; partial.Step + k < plan.Steps.Length; k++)
        {
            if (!IsOpen(partial, k)) continue;
            var contiguity = k == 0 ? step.Definition.Loop : plan.Steps[partial.Step + k].Definition.Contiguity;
            var taken = CanTake(plan, partial, k, scope);
            if (taken) Take(trigger, partial, k, scope);
            if (taken ? contiguity != Contiguity.Any : contiguity == Contiguity.Next) partial.Open &= ~(1UL << k);
        }
        if (IsOpen(partial, 0) && step.Until is { } until && until.Holds(scope)) partial.Open &= ~1UL;
    }

    private static bool IsOpen(PartialMatch partial, int k) => (partial.Open & (1UL << k)) != 0;

    /// <summary>A not closes the continuations that pass over it.</summary>
    private static void CloseForbidden(PatternPlan plan, PartialMatch partial, in Scope scope)
    {
        for (var k = 1; partial.Step + k < plan.Steps.Length; k++)
        {
            foreach (var not in plan.Steps[partial.Step + k].NotsBefore)
                if ((!not.IsStrict || partial.IsFresh) && Matches(not, scope)) partial.Open &= (1UL << k) - 1;
        }
    }

    private static bool Matches(CompiledNot not, in Scope scope) =>
        scope.Event.Type == not.Type && (not.Where is null || not.Where.Holds(scope));

    private static bool Matches(CompiledStep step, in Scope scope) =>
        scope.Event.Type == step.Type
        && (step.Where is null || step.Where.Holds(scope))
        && (step.Until is null || !step.Until.Holds(scope));

    private static bool CanTake(PatternPlan plan, PartialMatch partial, int k, in Scope scope)
    {
        var step = plan.Steps[partial.Step + k];
        if (!Matches(step, scope) || partial.Captured.IdCount == Limits.MatchEventsMax) return false;
        if (plan.Definition.WithinMilliseconds is { } within && scope.Event.At - partial.FirstAt >= within) return false;
        if (step.Definition.WithinMilliseconds is not { } stepWithin) return true;
        var hasStepBefore = k > 0 || partial.TakenByStep < partial.Captured.IdCount;
        return !hasStepBefore || scope.Event.At - (k == 0 ? partial.StepFrom : partial.LastAt) < stepWithin;
    }

    private void Take(CompiledTrigger trigger, PartialMatch partial, int k, in Scope scope)
    {
        var child = lane.Pool.NewPartial(partial.Instance);
        child.Captured.CopyFrom(partial.Captured);
        child.FirstAt = partial.FirstAt;
        child.FirstSequence = partial.FirstSequence;
        child.StepFrom = k == 0 ? partial.StepFrom : partial.LastAt;
        child.TakenByStep = k == 0 ? partial.TakenByStep + 1 : 1;
        child.SkipFirstSequence = partial.SkipFirstSequence;
        child.SkipLastSequence = partial.SkipLastSequence;
        Add(trigger, child, partial.Step + k, scope);
    }

    /// <summary>Where the event can be the first of a match. Returns the instance, made if that needed one.</summary>
    private TriggerInstance? Begin(CompiledTrigger trigger, TriggerInstance? instance, in Value key, in Scope scope)
    {
        var plan = trigger.Pattern!;
        for (var step = 0; step < plan.Steps.Length; step++)
        {
            if (Matches(plan.Steps[step], scope))
            {
                instance ??= lane.Pool.OpenInstance(scope.User, trigger.Index, key);
                var first = lane.Pool.NewPartial(instance);
                first.Captured.Reset(trigger.Captures.Count);
                first.FirstAt = first.StepFrom = scope.Event.At;
                first.FirstSequence = scope.User.Applied;
                first.TakenByStep = 1;
                Add(trigger, first, step, scope);
            }
            if (!plan.Steps[step].Definition.Optional) break;
        }
        return instance;
    }

    private void Add(CompiledTrigger trigger, PartialMatch partial, int step, in Scope scope)
    {
        var plan = trigger.Pattern!;
        var definition = plan.Steps[step];
        partial.Step = step;
        partial.LastAt = scope.Event.At;
        partial.LastSequence = scope.User.Applied;
        partial.IsFresh = true;
        partial.Captured.AddId(scope.Event.Id);
        trigger.Captures.Keep(ref partial.Captured, definition.Alias, scope);
        if (definition.IsSkipTarget)
        {
            if (partial.SkipFirstSequence < 0) partial.SkipFirstSequence = partial.LastSequence;
            partial.SkipLastSequence = partial.LastSequence;
        }
        partial.Open = OpenAfter(plan, step, partial.TakenByStep);
        if (partial.TakenByStep >= definition.TimesMin && plan.CanFinishAfter(step)) _finished.Add(partial);
        MakeRoom(partial.Instance, waiting: false);
        partial.Instance.Partials.Add(partial);
    }

    private static ulong OpenAfter(PatternPlan plan, int step, int taken)
    {
        var open = taken < plan.Steps[step].TimesMax ? 1UL : 0;
        if (taken < plan.Steps[step].TimesMin) return open;
        for (var next = step + 1; next < plan.Steps.Length; next++)
        {
            open |= 1UL << (next - step);
            if (!plan.Steps[next].Definition.Optional) break;
        }
        return open;
    }

    /// <summary>
    /// Of too many open (or too many waiting) ones that whose first event came first goes; it is emptied here and swept after the event.
    /// </summary>
    private void MakeRoom(TriggerInstance instance, bool waiting)
    {
        var live = 0;
        PartialMatch? oldest = null;
        if (instance.Partials.Count < Limits.PartialMatchesMax) return;
        for (var i = 0; i < instance.Partials.Count; i++)
        {
            var partial = instance.Partials[i];
            if (IsGone(partial) || partial.IsWaiting != waiting) continue;
            live++;
            if (oldest is null || partial.FirstSequence < oldest.FirstSequence) oldest = partial;
        }
        if (live < Limits.PartialMatchesMax) return;
        Close(oldest!);
        lane.Counters.PartialsDropped++;
    }

    /// <summary>The matches this event ended, in the order their first events arrived, then by length, then as they were made.</summary>
    private void Finish(CompiledTrigger trigger, CandidateGroup group)
    {
        var plan = trigger.Pattern!;
        SortFinished();
        for (var i = 0; i < _finished.Count; i++)
        {
            var match = _finished[i];
            if (plan.LastNot is not null)
            {
                Wait(plan, match);
                continue;
            }
            group.Candidates.Add(new(trigger, match.Instance.Key, lane.Clock, match.LastAt) { Captured = match });
            Skip(plan, match);
            for (var j = _finished.Count - 1; j > i; j--)
                if (IsSkipped(plan, match, _finished[j])) _finished.RemoveAt(j);
        }
        _finished.Clear();
    }

    /// <summary>By insertion: they are few, and those that compare equal stay as they were made.</summary>
    private void SortFinished()
    {
        for (var sorted = 1; sorted < _finished.Count; sorted++)
        {
            var match = _finished[sorted];
            var place = sorted;
            for (; place > 0 && Compare(match, _finished[place - 1]) < 0; place--) _finished[place] = _finished[place - 1];
            _finished[place] = match;
        }
    }

    private static int Compare(PartialMatch a, PartialMatch b)
    {
        var byFirst = a.FirstSequence.CompareTo(b.FirstSequence);
        return byFirst != 0 ? byFirst : a.Captured.IdCount.CompareTo(b.Captured.IdCount);
    }

    /// <summary>A finished match becomes a waiting copy of itself; the original may go on growing.</summary>
    private void Wait(PatternPlan plan, PartialMatch match)
    {
        var waiting = lane.Pool.NewPartial(match.Instance);
        waiting.Captured.CopyFrom(match.Captured);
        waiting.IsWaiting = waiting.IsFresh = true;
        waiting.Open = 0;
        (waiting.FirstAt, waiting.LastAt) = (match.FirstAt, match.LastAt);
        (waiting.FirstSequence, waiting.LastSequence) = (match.FirstSequence, match.LastSequence);
        (waiting.SkipFirstSequence, waiting.SkipLastSequence) = (match.SkipFirstSequence, match.SkipLastSequence);
        MakeRoom(match.Instance, waiting: true);
        match.Instance.Partials.Add(waiting);
        lane.Timers.Arm(waiting, waiting.LastAt.UnixMilliseconds + plan.LastNotMilliseconds);
    }

    private void Skip(PatternPlan plan, PartialMatch match)
    {
        var instance = match.Instance;
        for (var i = 0; i < instance.Partials.Count; i++)
            if (instance.Partials[i] is var partial && partial != match && IsSkipped(plan, match, partial)) Close(partial);
        if (IsSkipped(plan, match, match)) Close(match);
    }

    /// <summary>Whether the pattern's skip strategy discards <paramref name="other"/> after <paramref name="match"/>.</summary>
    private static bool IsSkipped(PatternPlan plan, PartialMatch match, PartialMatch other)
    {
        var (first, start) = (match.FirstSequence, other.FirstSequence);
        return plan.Definition.Skip switch
        {
            SkipMode.None => false,
            // Of users who were merged two that begin with the same number need not begin with the same event.
            SkipMode.ToNext => start == first && other.Captured.Id(0) == match.Captured.Id(0),
            SkipMode.PastLast => first <= start && start <= match.LastSequence,
            SkipMode.ToFirst => match.SkipFirstSequence >= 0 && first <= start && start < match.SkipFirstSequence,
            _ => match.SkipLastSequence >= 0 && first <= start && start < match.SkipLastSequence,
        };
    }

    private void Sweep(TriggerInstance instance)
    {
        ref var partials = ref instance.Partials;
        var kept = 0;
        for (var i = 0; i < partials.Count; i++)
        {
            if (IsGone(partials[i])) lane.Pool.Retire(partials[i]);
            else partials.Set(kept++, partials[i]);
        }
        partials.Cut(kept);
        lane.Pool.Release(instance);
    }
}
