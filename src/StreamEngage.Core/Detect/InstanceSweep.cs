using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// Gives back what a user's instances no longer need: partial matches out of time, fired absences out of reach, cooldowns that are over. Runs when
/// the user's instances have doubled, so that it costs a constant share of what made them.
/// </summary>
/// <remarks>
/// When that is depends on how long the user has been in memory, so it must show in nothing. What is lost because a user has too many does show: that is
/// decided after each group, by what the instances that still count know.
/// </remarks>
internal sealed class InstanceSweep(CompiledRulebook rulebook, Lane lane)
{
    // So many go at once that looking for them is a small share of what made them.
    private const int DroppedAtOnce = Limits.UserInstancesMax / 8;

    private readonly long _lateness = rulebook.Time.LatenessMilliseconds;

    /// <summary>To be called between groups: nothing of the user may be in use.</summary>
    public void After(UserState user)
    {
        if (user.InstanceCount < user.SweepAt && user.InstanceCount <= Limits.UserInstancesMax) return;
        SweepAll(user);
        if (user.InstanceCount > Limits.UserInstancesMax) DropOldest(user);
    }

    /// <summary>Of a user who is not there.</summary>
    public void OfIdle(UserState user)
    {
        if (user.InstanceCount > 0) SweepAll(user);
    }

    private void SweepAll(UserState user)
    {
        Prefetch(user);
        for (var i = user.InstanceCount - 1; i >= 0; i--) Sweep(user.InstanceAt(i));
        user.SweepAt = Math.Max(UserState.FirstSweepAt, user.InstanceCount * 2);
        lane.Pool.EndGroup();
    }

    /// <summary>In which order they were opened is not asked: one that was given back and came again would be another.</summary>
    private void DropOldest(UserState user)
    {
        var excess = user.InstanceCount - (Limits.UserInstancesMax - DroppedAtOnce);
        var oldest = Enumerable.Range(0, user.InstanceCount).Select(user.InstanceAt).Where(instance => instance.HeldCount == 0)
            .OrderBy(LatestOf).ThenBy(instance => instance.Trigger).ThenBy(instance => instance.Key.Identity).Take(excess).ToList();
        foreach (var instance in oldest) Drop(instance);
        user.SweepAt = Math.Max(UserState.FirstSweepAt, user.InstanceCount * 2);
        lane.Pool.EndGroup();
    }

    /// <summary>The latest instant of which it knows anything.</summary>
    private static EventTime LatestOf(TriggerInstance instance)
    {
        var latest = EventTime.Max(instance.LastSent ?? EventTime.Beginning, instance.Latest ?? EventTime.Beginning);
        for (var i = 0; i < instance.Absences.Count; i++) latest = EventTime.Max(latest, instance.Absences[i].ArmedAt);
        for (var i = 0; i < instance.Partials.Count; i++) latest = EventTime.Max(latest, instance.Partials[i].LastAt);
        if (!instance.IsInJourney) return latest;
        foreach (var journey in instance.User.Journeys)
            if (journey.Instance == instance) latest = EventTime.Max(latest, journey.ReachedAt);
        return latest;
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
