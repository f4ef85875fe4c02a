using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// Since when each part of the rulebook in force has been fed. A part that a change of the rulebook brought knows nothing of what was before it:
/// its trigger takes no older event, its segment finds its members without an edge, and its window is complete only after its own length.
/// </summary>
internal sealed class Tenure
{
    private readonly Dictionary<uint, TriggerTenure> _triggers = [];
    private readonly Dictionary<uint, EventTime> _segments = [];
    private readonly Dictionary<uint, WindowTenure> _windows = [];

    /// <summary>Of a rulebook that was there before the first event.</summary>
    public static Tenure FromBeginning(StateLayout layout) => new Tenure().Under(layout, EventTime.Beginning);

    /// <summary>Events before this instant are nothing to the trigger.</summary>
    public EventTime OfTrigger(uint identity) => _triggers[identity].Since;

    /// <summary>Who met the segment's condition before this instant was in it without an edge.</summary>
    public EventTime OfSegment(uint meaning) => _segments[meaning];

    /// <summary>The window holds every event after this instant that its longest reader asks for.</summary>
    public EventTime OfWindow(uint identity) => _windows[identity].CompleteSince;

    /// <summary>The same under another rulebook, in force from <paramref name="at"/> on: what still means the same keeps its tenure.</summary>
    public Tenure Under(StateLayout layout, EventTime at)
    {
        var next = new Tenure();
        foreach (var (place, trigger) in layout.Triggers.Index())
            next._triggers[trigger] = new(_triggers.TryGetValue(trigger, out var known) ? known.Since : at, layout.Kin[place]);
        foreach (var segment in layout.SegmentMeanings) next._segments[segment] = _segments.GetValueOrDefault(segment, at);
        foreach (var slot in layout.Slots) next._windows[slot.Identity] = Under(slot, at);
        return next;
    }

    /// <summary>Who goes on with what the triggers of this tenure kept, where they are there no more: another version of the same name.</summary>
    /// <param name="layout">Of the next rulebook.</param>
    /// <param name="keeps">Whether a trigger of it takes over what its older versions had under way.</param>
    public IReadOnlyDictionary<uint, Heir> HeirsIn(StateLayout layout, Func<int, bool> keeps)
    {
        var heirs = new Dictionary<uint, Heir>();
        foreach (var (identity, former) in _triggers)
        {
            if (layout.HeirOf(identity).Trigger >= 0) continue;
            var heir = layout.KeeperNamed(former.Kin.Name);
            if (heir >= 0) heirs[identity] = new(heir, keeps(heir) && layout.Kin[heir] == former.Kin);
        }
        return heirs;
    }

    public void Write(RecordWriter to)
    {
        to.Count(_triggers.Count);
        foreach (var (identity, trigger) in _triggers.OrderBy(pair => pair.Key))
        {
            to.Half(identity);
            to.Time(trigger.Since);
            to.Half(trigger.Kin.Name);
            to.Half(trigger.Kin.Captures);
        }
        to.Count(_segments.Count);
        foreach (var (meaning, since) in _segments.OrderBy(pair => pair.Key))
        {
            to.Half(meaning);
            to.Time(since);
        }
        to.Count(_windows.Count);
        foreach (var (identity, window) in _windows.OrderBy(pair => pair.Key))
        {
            to.Half(identity);
            to.Time(window.CompleteSince);
            to.Count(window.RetentionMilliseconds);
            to.Count(window.EntriesNeeded);
        }
    }

    public static Tenure Read(ref RecordReader from)
    {
        var tenure = new Tenure();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
            tenure._triggers[from.Half()] = new(from.TimeOrBeginning(), new(from.Half(), from.Half()));
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) tenure._segments[from.Half()] = from.TimeOrBeginning();
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
            tenure._windows[from.Half()] = new(from.TimeOrBeginning(), from.Count(), (int)Math.Min(from.Count(), int.MaxValue));
        return tenure;
    }

    private WindowTenure Under(WindowSlot slot, EventTime at)
    {
        var since = !_windows.TryGetValue(slot.Identity, out var known) || known.EntriesNeeded < slot.EntriesNeeded ? at
            : known.RetentionMilliseconds < slot.RetentionMilliseconds ? EventTime.Max(known.CompleteSince, at - known.RetentionMilliseconds)
            : known.CompleteSince;
        return new(since, slot.RetentionMilliseconds, slot.EntriesNeeded);
    }

    /// <summary>Since when a trigger has been in force, and what it is across its versions.</summary>
    private readonly record struct TriggerTenure(EventTime Since, TriggerKin Kin);

    /// <summary>Since when a window holds everything, and what was asked of it.</summary>
    private readonly record struct WindowTenure(EventTime CompleteSince, long RetentionMilliseconds, int EntriesNeeded);
}
