using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The stored form of what may still come of a user's prompts. A goal that means something else now is dropped, as is a trigger that is gone.
/// </summary>
internal sealed class AftermathCodec(StateLayout layout)
{
    private const byte FirstBit = 4, SideBits = 3;

    public void Write(Aftermath aftermath, RecordWriter to)
    {
        to.Count(aftermath.Goals.Count);
        foreach (var goal in aftermath.Goals)
        {
            to.Half(layout.Goals[goal.Trigger]);
            to.Count(goal.Variant);
            to.Byte((byte)((byte)goal.Side | (goal.IsFirst ? FirstBit : 0)));
            to.Time(goal.DecidedAt);
            to.Count(goal.Until - goal.DecidedAt);
        }
        to.Count(aftermath.Met.Count);
        foreach (var trigger in aftermath.Met) to.Half(layout.Goals[trigger]);
        to.Count(aftermath.Shown.Count);
        foreach (var shown in aftermath.Shown)
        {
            to.Half(layout.Triggers[shown.Trigger]);
            to.Word(shown.Key);
            to.Half(shown.Channel);
            to.Time(shown.Until);
        }
    }

    public Aftermath Read(ref RecordReader from)
    {
        var aftermath = new Aftermath();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) ReadGoal(ref from, aftermath);
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
            if (layout.TriggerOfGoal(from.Half()) is >= 0 and var trigger && !from.IsBroken) aftermath.Meet(trigger);
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) ReadShown(ref from, aftermath);
        return aftermath;
    }

    private void ReadGoal(ref RecordReader from, Aftermath aftermath)
    {
        var trigger = layout.TriggerOfGoal(from.Half());
        var variant = (short)Math.Min(from.Count(), short.MaxValue);
        var side = from.Byte();
        var (at, within) = (from.TimeOrBeginning(), Math.Min(from.Count(), Limits.EventTimeMax));
        var isKept = trigger >= 0 && !from.IsBroken && (side & SideBits) <= (byte)HeldOut.FromTrigger && variant < Math.Max(1, layout.VariantsOf(trigger));
        if (isKept) aftermath.Open(new(trigger, variant, (HeldOut)(side & SideBits), (side & FirstBit) != 0, at, at + within));
    }

    private void ReadShown(ref RecordReader from, Aftermath aftermath)
    {
        var trigger = layout.HeirOf(from.Half()).Trigger;
        var (key, channel, until) = (from.Word(), from.Half(), from.TimeOrBeginning());
        if (trigger >= 0 && !from.IsBroken) aftermath.Show(new(trigger, key, channel, until));
    }
}
