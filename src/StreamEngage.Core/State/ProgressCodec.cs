using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>The stored form of what triggers have under way and remember of one user.</summary>
internal sealed class ProgressCodec(StateLayout layout, Lane lane, IReadOnlyDictionary<uint, uint>? names = null)
{
    public void Write(UserState user, RecordWriter to)
    {
        to.Count(user.InstanceCount);
        for (var i = 0; i < user.InstanceCount; i++) Write(user.InstanceAt(i), to);
    }

    /// <summary>
    /// Instances of triggers that are not there any more, or mean something else now, are read and dropped. Of versions of one name only one ever has any
    /// that say something, so no two of a record become one.
    /// </summary>
    public void Read(ref RecordReader from, UserState user)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var (trigger, keepsProgress) = KeeperOf(from.Half());
            var instance = new TriggerInstance();
            instance.Become(user, Math.Max(0, trigger), from.Value());
            ReadMemory(ref from, instance);
            var keeps = trigger >= 0 && !from.IsBroken;
            var shape = keepsProgress ? layout.ShapeOf(trigger) : default;
            for (var absences = from.Items(); absences > 0 && !from.IsBroken; absences--) ReadAbsence(ref from, instance, keeps && shape.Waits);
            for (var partials = from.Items(); partials > 0 && !from.IsBroken; partials--) ReadPartial(ref from, instance, keeps ? shape : default);
            if (keeps && !instance.KnowsNothing) user.Add(instance, instance.Key.Identity);
        }
    }

    /// <summary>Of a trigger that only another rulebook has, what was sent is remembered under its name.</summary>
    private Heir KeeperOf(uint identity)
    {
        var keeper = layout.KeeperOf(identity);
        if (keeper.Trigger >= 0 || names is null || !names.TryGetValue(identity, out var name)) return keeper;
        return new(layout.KeeperNamed(name), KeepsProgress: false);
    }

    private void Write(TriggerInstance instance, RecordWriter to)
    {
        to.Half(layout.Triggers[instance.Trigger]);
        to.Value(instance.Key);
        to.Time(instance.LastSent);
        to.Flag(instance.IsBlocked);
        to.Time(instance.Latest);
        to.Count(instance.Absences.Count);
        for (var i = 0; i < instance.Absences.Count; i++) Write(instance.Absences[i], to);
        to.Count(instance.Partials.Count);
        for (var i = 0; i < instance.Partials.Count; i++) Write(instance.Partials[i], to);
    }

    private static void ReadMemory(ref RecordReader from, TriggerInstance instance)
    {
        instance.LastSent = from.Time();
        instance.IsBlocked = from.Flag();
        instance.Latest = from.Time();
    }

    private static void Write(ArmedAbsence absence, RecordWriter to)
    {
        to.Time(absence.ArmedAt);
        to.Time(absence.Deadline);
        to.Time(absence.SentUntil);
        Write((Progress)absence, to);
    }

    private void ReadAbsence(ref RecordReader from, TriggerInstance instance, bool keeps)
    {
        var absence = lane.Pool.NewAbsence(instance);
        absence.ArmedAt = from.TimeOrBeginning();
        absence.Deadline = from.TimeOrBeginning();
        absence.SentUntil = from.Time();
        Read(ref from, absence, keeps);
        if (keeps) instance.Absences.Add(absence);
    }

    private static void Write(PartialMatch partial, RecordWriter to)
    {
        to.Count(partial.Step);
        to.Count(partial.TakenByStep);
        to.Word(partial.Open);
        to.Flag(partial.IsWaiting);
        to.Flag(partial.IsFresh);
        to.Time(partial.FirstAt);
        to.Time(partial.LastAt);
        to.Time(partial.StepFrom);
        to.Signed(partial.FirstSequence);
        to.Signed(partial.LastSequence);
        to.Signed(partial.SkipFirstSequence);
        to.Signed(partial.SkipLastSequence);
        Write((Progress)partial, to);
    }

    /// <summary>A match at a step that the pattern does not have any more is dropped, and one that waits at an end that is another now.</summary>
    private void ReadPartial(ref RecordReader from, TriggerInstance instance, TriggerShape shape)
    {
        var partial = lane.Pool.NewPartial(instance);
        partial.Step = (int)Math.Min(from.Count(), int.MaxValue);
        partial.TakenByStep = (int)Math.Min(from.Count(), int.MaxValue);
        partial.Open = from.Word();
        partial.IsWaiting = from.Flag();
        partial.IsFresh = from.Flag();
        partial.FirstAt = from.TimeOrBeginning();
        partial.LastAt = from.TimeOrBeginning();
        partial.StepFrom = from.TimeOrBeginning();
        partial.FirstSequence = from.Signed();
        partial.LastSequence = from.Signed();
        partial.SkipFirstSequence = from.Signed();
        partial.SkipLastSequence = from.Signed();
        var keeps = partial.Step < shape.Steps && (shape.EndsWithNot || !partial.IsWaiting);
        Read(ref from, partial, keeps);
        if (keeps) instance.Partials.Add(partial);
    }

    /// <summary>What every waiting thing has: its deadline, causes and captured values.</summary>
    public static void Write(Progress progress, RecordWriter to)
    {
        to.Time(progress.IsArmed ? new EventTime(progress.Due) : null);
        to.Count(progress.Captured.IdCount);
        for (var i = 0; i < progress.Captured.IdCount; i++) to.Text(progress.Captured.Id(i));
        to.Count(progress.Captured.ValueCount);
        for (var i = 0; i < progress.Captured.ValueCount; i++) to.Value(progress.Captured[i]);
    }

    /// <summary>Armed only when it is kept.</summary>
    public void Read(ref RecordReader from, Progress progress, bool keeps)
    {
        var due = from.Time();
        var ids = new Utf8Text[from.Items()];
        for (var i = 0; i < ids.Length; i++) ids[i] = from.Text();
        progress.Captured.Reset(from.Items());
        foreach (var id in ids) progress.Captured.AddId(id);
        for (var i = 0; i < progress.Captured.ValueCount && !from.IsBroken; i++) progress.Captured.Set(i, from.Value());
        if (keeps && due is { } at && !from.IsBroken) lane.Timers.Arm(progress, at.UnixMilliseconds);
    }
}
