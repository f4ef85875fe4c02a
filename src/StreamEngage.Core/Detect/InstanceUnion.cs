using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// What triggers have under way and remember of two users who are one. To be called before the windows are one: what one side was waiting for may be in
/// the other side's history.
/// </summary>
internal sealed class InstanceUnion(CompiledRulebook rulebook, Lane lane)
{
    private readonly List<ArmedAbsence> _absences = [];
    private readonly List<PartialMatch> _partials = [];

    /// <summary>Leaves all with <paramref name="into"/>; <paramref name="from"/> has nothing under way any more.</summary>
    public void Merge(UserState into, UserState from)
    {
        foreach (var instance in InstancesOf(into)) CancelByHistory(instance, from);
        foreach (var instance in InstancesOf(from)) CancelByHistory(instance, into);
        foreach (var instance in InstancesOf(from))
            Merge(lane.Pool.OpenInstance(into, instance.Trigger, instance.Key), instance);
        Journeys(into, from);
        foreach (var instance in InstancesOf(into)) lane.Pool.Release(instance);
    }

    private static List<TriggerInstance> InstancesOf(UserState user) => [.. Enumerable.Range(0, user.InstanceCount).Select(user.InstanceAt)];

    /// <summary>The other user did, in the interval, what was not to happen.</summary>
    private void CancelByHistory(TriggerInstance instance, UserState other)
    {
        if (instance.Absences.Count == 0 || rulebook.Triggers[instance.Trigger].Absence?.History is not { } history) return;
        for (var i = instance.Absences.Count - 1; i >= 0; i--)
            if (instance.Absences[i] is { IsArmed: true } absence && Holds(other, history, absence)) Drop(instance, i);
    }

    private static bool Holds(UserState other, WindowSlot history, ArmedAbsence absence)
    {
        var run = other.Windows.Read(history);
        var (until, wanted) = (absence.Deadline.UnixMilliseconds, absence.Instance.Key.Identity);
        for (var entry = run.After(absence.ArmedAt.UnixMilliseconds - 1); entry < run.Count && run.TimeOf(entry) <= until; entry++)
            if (!history.IsKeyed || run.KeyOf(entry) == wanted) return true;
        return false;
    }

    private void Merge(TriggerInstance into, TriggerInstance from)
    {
        into.LastSent = Later(into.LastSent, from.LastSent);
        into.Latest = Later(into.Latest, from.Latest);
        into.IsBlocked |= from.IsBlocked;
        Absences(into, from);
        Partials(into, from);
    }

    /// <summary>One a key, of whatever version: the one that began first goes on.</summary>
    private void Journeys(UserState into, UserState from)
    {
        if (from.Journeys.Count + into.Journeys.Count == 0) return;
        foreach (var journey in from.Journeys.ToArray())
        {
            from.End(journey);
            journey.Instance = lane.Pool.OpenInstance(into, journey.Instance.Trigger, journey.Instance.Key);
            var other = into.Journeys.FirstOrDefault(one => IsOfOneKey(one.Instance, journey.Instance));
            var surplus = other is null ? null : Compare(other, journey) <= 0 ? journey : other;
            if (surplus is not null)
            {
                lane.Counters.JourneysDropped++;
                lane.Timers.Disarm(surplus);
            }
            if (surplus == journey) continue;
            if (surplus is not null) into.End(surplus);
            into.Begin(journey);
        }
        into.OrderJourneys(Compare);
    }

    private bool IsOfOneKey(TriggerInstance a, TriggerInstance b) =>
        a.Key.Identity == b.Key.Identity && rulebook.Triggers[a.Trigger].IsKin(rulebook.Triggers[b.Trigger]);

    private int Compare(JourneyProgress a, JourneyProgress b)
    {
        var order = a.EnteredAt.CompareTo(b.EnteredAt);
        if (order == 0) order = string.CompareOrdinal(rulebook.Triggers[a.Instance.Trigger].Name, rulebook.Triggers[b.Instance.Trigger].Name);
        if (order == 0) order = string.CompareOrdinal(TextOf(a.Instance), TextOf(b.Instance));
        for (var i = 0; order == 0 && i < Math.Min(a.Captured.IdCount, b.Captured.IdCount); i++) order = a.Captured.Id(i).CompareTo(b.Captured.Id(i));
        if (order == 0) order = rulebook.Triggers[a.Instance.Trigger].Definition.Version.CompareTo(rulebook.Triggers[b.Instance.Trigger].Definition.Version);
        return order;
    }

    private string TextOf(TriggerInstance instance) => rulebook.Triggers[instance.Trigger].InstanceText(instance.Key);

    private static EventTime? Later(EventTime? a, EventTime? b) => a is { } one && b is { } other ? EventTime.Max(one, other) : a ?? b;

    private void Absences(TriggerInstance into, TriggerInstance from)
    {
        if (into.Absences.Count + from.Absences.Count == 0) return;
        for (var i = 0; i < into.Absences.Count; i++) _absences.Add(into.Absences[i]);
        for (var i = 0; i < from.Absences.Count; i++) _absences.Add(from.Absences[i]);
        // Of one side alone the order in which they came is known.
        if (into.Absences.Count > 0 && from.Absences.Count > 0) _absences.Sort(Compare);
        into.Absences.Cut(0);
        var plan = rulebook.Triggers[into.Trigger].Absence!;
        for (var i = 0; i < _absences.Count; i++)
        {
            if (Stays(plan, into, i)) Keep(into, _absences[i]);
            else Retire(_absences[i]);
        }
        _absences.Clear();
    }

    /// <summary>Of those that wait, which one <c>repeat</c> would have left; of each event once. Those that fired stay while they can be taken back.</summary>
    private bool Stays(AbsencePlan plan, TriggerInstance instance, int index)
    {
        var absence = _absences[index];
        if (index > 0 && Compare(_absences[index - 1], absence) == 0) return false;
        if (!absence.IsArmed) return true;
        if (plan.IsSilence && instance.Latest is { } latest && absence.ArmedAt < latest) return false;
        return plan.Repeat switch
        {
            RepeatMode.Each => true,
            RepeatMode.Ignore => !_absences[..index].Exists(earlier => earlier.IsArmed),
            _ => !_absences[(index + 1)..].Exists(later => later.IsArmed),
        };
    }

    private void Keep(TriggerInstance into, ArmedAbsence absence)
    {
        if (into.Absences.Count == Limits.InstancesMax)
        {
            lane.Counters.InstancesDropped++;
            Drop(into, 0);
        }
        absence.Instance = into;
        into.Absences.Add(absence);
    }

    private void Partials(TriggerInstance into, TriggerInstance from)
    {
        if (into.Partials.Count + from.Partials.Count == 0) return;
        for (var i = 0; i < into.Partials.Count; i++) _partials.Add(into.Partials[i]);
        for (var i = 0; i < from.Partials.Count; i++) _partials.Add(from.Partials[i]);
        if (into.Partials.Count > 0 && from.Partials.Count > 0) OrderPartials();
        into.Partials.Cut(0);
        foreach (var waiting in new[] { false, true })
        {
            var surplus = _partials.Count(partial => partial.IsWaiting == waiting) - Limits.PartialMatchesMax;
            for (; surplus > 0; surplus--) Forget(_partials.First(partial => partial.IsWaiting == waiting));
        }
        foreach (var partial in _partials)
        {
            partial.Instance = into;
            into.Partials.Add(partial);
        }
        _partials.Clear();
    }

    private void Forget(PartialMatch partial)
    {
        lane.Counters.PartialsDropped++;
        _partials.Remove(partial);
        Retire(partial);
    }

    private void Drop(TriggerInstance instance, int index)
    {
        var absence = instance.Absences[index];
        instance.Absences.RemoveAt(index);
        Retire(absence);
    }

    private void Retire(ArmedAbsence absence)
    {
        lane.Timers.Disarm(absence);
        lane.Pool.Retire(absence);
    }

    private void Retire(PartialMatch partial)
    {
        lane.Timers.Disarm(partial);
        lane.Pool.Retire(partial);
    }

    /// <summary>By the arming event; the same one on both sides is one.</summary>
    private static int Compare(ArmedAbsence a, ArmedAbsence b)
    {
        var order = a.ArmedAt.CompareTo(b.ArmedAt);
        if (order == 0) order = a.IsArmed.CompareTo(b.IsArmed);
        return order == 0 ? a.Captured.Id(0).CompareTo(b.Captured.Id(0)) : order;
    }

    /// <summary>By the event they begin with; those that begin with one event are of one side, and stay in the order in which they were made.</summary>
    private void OrderPartials()
    {
        var inOrder = _partials.OrderBy(partial => partial.FirstAt).ThenBy(partial => partial.FirstSequence).ThenBy(partial => partial.Captured.Id(0)).ToList();
        _partials.Clear();
        _partials.AddRange(inOrder);
    }
}
