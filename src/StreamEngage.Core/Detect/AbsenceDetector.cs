using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>Arms and cancels the deadlines of absences and silences (SEMANTICS section 5).</summary>
internal sealed class AbsenceDetector(Lane lane, long lateness)
{
    /// <summary>A cancelling event: every deadline of its key that was armed at or before it and ends at or after it.</summary>
    public void Cancel(CompiledTrigger trigger, in Scope scope, CandidateGroup group)
    {
        if (scope.User.FindInstance(trigger.Index, trigger.KeyOf(scope).Identity) is not { } instance) return;
        for (var i = instance.Absences.Count - 1; i >= 0; i--)
        {
            var absence = instance.Absences[i];
            if (absence.ArmedAt > scope.Event.At || scope.Event.At > absence.Deadline) continue;
            if (absence.IsArmed) Drop(instance, i);
            else TakeBack(instance, i, group);
        }
        lane.Pool.Release(instance);
    }

    public void Arm(CompiledTrigger trigger, in Scope scope)
    {
        var key = trigger.KeyOf(scope);
        var plan = trigger.Absence!;
        var instance = scope.User.FindInstance(trigger.Index, key.Identity);
        if (plan.IsSilence)
        {
            ArmSilence(trigger, instance ?? lane.Pool.OpenInstance(scope.User, trigger.Index, key), scope);
            return;
        }
        if (instance is not null) Forget(instance);
        var armed = instance is null || plan.Repeat == RepeatMode.Each ? null : ArmedOf(instance);
        if (armed is not null && !Replaces(plan, armed, scope.Event.At)) return;
        if (IsCancelledAlready(plan, key, scope))
        {
            if (armed is not null) Drop(instance!, instance!.Absences.IndexOf(armed));
            return;
        }
        instance ??= lane.Pool.OpenInstance(scope.User, trigger.Index, key);
        Capture(trigger, armed ?? Add(instance), scope);
    }

    /// <summary>An exit: what was armed at or before it goes.</summary>
    public void End(TriggerInstance instance, EventTime at)
    {
        for (var i = instance.Absences.Count - 1; i >= 0; i--)
            if (instance.Absences[i] is { IsArmed: true } absence && absence.ArmedAt <= at) Drop(instance, i);
    }

    /// <summary>Its deadline passed: it stays only while an event may still take its prompt back.</summary>
    public void Settle(ArmedAbsence absence)
    {
        var instance = absence.Instance;
        if (absence.SentUntil is not null && lateness > 0) return;
        instance.Absences.RemoveAt(instance.Absences.IndexOf(absence));
        lane.Pool.Retire(absence);
        lane.Pool.Release(instance);
    }

    private void ArmSilence(CompiledTrigger trigger, TriggerInstance instance, in Scope scope)
    {
        if (instance.Latest is { } latest && scope.Event.At < latest) return;
        instance.Latest = scope.Event.At;
        Forget(instance);
        Capture(trigger, ArmedOf(instance) ?? Add(instance), scope);
    }

    private static ArmedAbsence? ArmedOf(TriggerInstance instance)
    {
        for (var i = 0; i < instance.Absences.Count; i++)
            if (instance.Absences[i].IsArmed) return instance.Absences[i];
        return null;
    }

    private static bool Replaces(AbsencePlan plan, ArmedAbsence armed, EventTime at) =>
        plan.Repeat == RepeatMode.Restart && at >= armed.ArmedAt;

    /// <summary>A cancelling event that arrived before its arming event, and happened at or after it.</summary>
    private static bool IsCancelledAlready(AbsencePlan plan, in Value key, in Scope scope)
    {
        var slot = plan.History!;
        var run = scope.User.Windows.Read(slot);
        if (run.Count == 0) return false;
        var (from, until) = (scope.Event.At.UnixMilliseconds, scope.Event.At.UnixMilliseconds + plan.ForMilliseconds);
        var wanted = key.Identity;
        for (var entry = run.After(from - 1); entry < run.Count && run.TimeOf(entry) <= until; entry++)
            if (!slot.IsKeyed || run.KeyOf(entry) == wanted) return true;
        return false;
    }

    private ArmedAbsence Add(TriggerInstance instance)
    {
        if (instance.Absences.Count == Limits.InstancesMax)
        {
            lane.Counters.InstancesDropped++;
            Drop(instance, 0);
        }
        var absence = lane.Pool.NewAbsence(instance);
        instance.Absences.Add(absence);
        return absence;
    }

    private void Capture(CompiledTrigger trigger, ArmedAbsence absence, in Scope scope)
    {
        var plan = trigger.Absence!;
        absence.ArmedAt = scope.Event.At;
        absence.Deadline = scope.Event.At + plan.ForMilliseconds;
        absence.SentUntil = null;
        absence.Captured.Reset(trigger.Captures.Count);
        absence.Captured.AddId(scope.Event.Id);
        trigger.Captures.KeepAll(ref absence.Captured, scope);
        lane.Timers.Arm(absence, absence.Deadline.UnixMilliseconds + plan.GraceMilliseconds);
    }

    private void TakeBack(TriggerInstance instance, int index, CandidateGroup group)
    {
        var absence = instance.Absences[index];
        if (HeldFor(absence) is { } held) group.End(held, isGoal: false);
        else if (absence.SentUntil is { } until && lane.Clock <= until) group.TakenBack.Add(absence);
        instance.Absences.RemoveAt(index);
        lane.Pool.Retire(absence);
    }

    private static HeldCandidate? HeldFor(ArmedAbsence absence)
    {
        if (absence.Instance.HeldCount == 0) return null;
        foreach (var held in absence.User.Held)
            if (held.Instance == absence.Instance && held.Captured.Id(0) == absence.Captured.Id(0)) return held;
        return null;
    }

    /// <summary>Fired absences whose interval no admissible event can reach any more.</summary>
    private void Forget(TriggerInstance instance)
    {
        for (var i = instance.Absences.Count - 1; i >= 0; i--)
            if (!instance.Absences[i].IsArmed && instance.Absences[i].Deadline <= lane.Clock - lateness) Drop(instance, i);
    }

    private void Drop(TriggerInstance instance, int index)
    {
        var absence = instance.Absences[index];
        lane.Timers.Disarm(absence);
        instance.Absences.RemoveAt(index);
        lane.Pool.Retire(absence);
    }
}
