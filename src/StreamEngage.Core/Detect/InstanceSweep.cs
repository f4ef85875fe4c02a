using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// Gives back what a user's instances no longer need: partial matches out of time, fired absences out of reach, cooldowns that are over. Runs when
/// the user's instances have doubled, so that it costs a constant share of what made them.
/// </summary>
internal sealed class InstanceSweep(CompiledRulebook rulebook, Lane lane)
{
    private readonly long _lateness = rulebook.Time.LatenessMilliseconds;

    /// <summary>To be called between groups: nothing of the user may be in use.</summary>
    public void After(UserState user)
    {
        if (user.InstanceCount < user.SweepAt) return;
        SweepAll(user);
    }

    /// <summary>Of a user who is not there. One who has too many instances is left alone: which of them go is not to depend on the time of this.</summary>
    public void OfIdle(UserState user)
    {
        if (user.InstanceCount is > 0 and <= Limits.UserInstancesMax) SweepAll(user);
    }

    private void SweepAll(UserState user)
    {
        Prefetch(user);
        for (var i = user.InstanceCount - 1; i >= 0; i--) Sweep(user.InstanceAt(i));
        for (var i = 0; user.InstanceCount > Limits.UserInstancesMax && i < user.InstanceCount;)
        {
            if (user.InstanceAt(i).HeldCount > 0) i++;
            else Drop(user.InstanceAt(i));
        }
        user.SweepAt = Math.Max(UserState.FirstSweepAt, user.InstanceCount * 2);
        lane.Pool.EndGroup();
    }

    /// <summary>All of them are looked at, and few are in the cache: they come together instead of one after the other.</summary>
    private static void Prefetch(UserState user)
    {
        for (var i = 0; i < user.InstanceCount; i++) MemoryAhead.Ask(user.InstanceAt(i), lines: 3);
        for (var i = 0; i < user.InstanceCount; i++)
            if (user.InstanceAt(i).Partials is { Count: > 0 } partials) MemoryAhead.Ask(partials[0], lines: 2);
    }

    private void Sweep(TriggerInstance instance)
    {
        var trigger = rulebook.Triggers[instance.Trigger];
        if (instance.Partials.Count > 0) SweepPartials(trigger.Pattern!, ref instance.Partials);
        for (var i = instance.Absences.Count - 1; i >= 0; i--)
            if (!instance.Absences[i].IsArmed && IsOutOfReach(instance.Absences[i].Deadline)) Retire(instance, i);
        if (instance.Latest is { } latest && IsOutOfReach(latest)) instance.Latest = null;
        if (!instance.IsBlocked && instance.LastSent is { } sent && IsOver(trigger.Decide, sent)) instance.LastSent = null;
        lane.Pool.Release(instance);
    }

    /// <summary>No event that old is admitted any more.</summary>
    private bool IsOutOfReach(EventTime at) => at <= lane.Clock - _lateness;

    /// <summary>No decision can come at which the cooldown still runs: an overdue timer decides at most the misfire allowance back.</summary>
    private bool IsOver(DecideDefinition decide, EventTime sent) =>
        lane.Clock - sent >= decide.CooldownMilliseconds + rulebook.Time.MisfireAfterMilliseconds;

    private void SweepPartials(PatternPlan plan, ref Handful<PartialMatch> partials)
    {
        if (plan.Definition.WithinMilliseconds is not { } within) return;
        for (var i = partials.Count - 1; i >= 0; i--)
        {
            if (partials[i].IsWaiting || lane.Clock - partials[i].FirstAt < within + _lateness) continue;
            lane.Pool.Retire(partials[i]);
            partials.RemoveAt(i);
        }
    }

    private void Drop(TriggerInstance instance)
    {
        lane.Counters.InstancesDropped++;
        JourneyRunner.Drop(instance, lane);
        for (var i = instance.Absences.Count - 1; i >= 0; i--) Retire(instance, i);
        for (var i = 0; i < instance.Partials.Count; i++)
        {
            lane.Timers.Disarm(instance.Partials[i]);
            lane.Pool.Retire(instance.Partials[i]);
        }
        instance.Partials.Cut(0);
        instance.LastSent = instance.Latest = null;
        instance.IsBlocked = false;
        lane.Pool.Release(instance);
    }

    private void Retire(TriggerInstance instance, int index)
    {
        lane.Timers.Disarm(instance.Absences[index]);
        lane.Pool.Retire(instance.Absences[index]);
        instance.Absences.RemoveAt(index);
    }
}
