using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// Since when each part of the rulebook in force has been fed. A part that a change of the rulebook brought knows nothing of what was before it:
/// its trigger takes no older event, its segment finds its members without an edge, and its window is complete only after its own length.
/// </summary>
internal sealed class Tenure
{
    private readonly Dictionary<uint, EventTime> _triggers = [];
    private readonly Dictionary<uint, EventTime> _segments = [];
    private readonly Dictionary<uint, WindowTenure> _windows = [];

    /// <summary>Of a rulebook that was there before the first event.</summary>
    public static Tenure FromBeginning(StateLayout layout) => new Tenure().Under(layout, EventTime.Beginning);

    /// <summary>Events before this instant are nothing to the trigger.</summary>
    public EventTime OfTrigger(uint identity) => _triggers[identity];

    /// <summary>Who met the segment's condition before this instant was in it without an edge.</summary>
    public EventTime OfSegment(uint meaning) => _segments[meaning];

    /// <summary>The window holds every event after this instant that its longest reader asks for.</summary>
    public EventTime OfWindow(uint identity) => _windows[identity].CompleteSince;

    /// <summary>The same under another rulebook, in force from <paramref name="at"/> on: what still means the same keeps its tenure.</summary>
    public Tenure Under(StateLayout layout, EventTime at)
    {
        var next = new Tenure();
        foreach (var trigger in layout.Triggers) next._triggers[trigger] = _triggers.GetValueOrDefault(trigger, at);
        foreach (var segment in layout.SegmentMeanings) next._segments[segment] = _segments.GetValueOrDefault(segment, at);
        foreach (var slot in layout.Slots) next._windows[slot.Identity] = Under(slot, at);
        return next;
    }

    public void Write(RecordWriter to)
    {
        Write(_triggers, to);
        Write(_segments, to);
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
        Read(ref from, tenure._triggers);
        Read(ref from, tenure._segments);
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

    private static void Write(Dictionary<uint, EventTime> parts, RecordWriter to)
    {
        to.Count(parts.Count);
        foreach (var (identity, since) in parts.OrderBy(pair => pair.Key))
        {
            to.Half(identity);
            to.Time(since);
        }
    }

    private static void Read(ref RecordReader from, Dictionary<uint, EventTime> into)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--) into[from.Half()] = from.TimeOrBeginning();
    }

    /// <summary>Since when a window holds everything, and what was asked of it.</summary>
    private readonly record struct WindowTenure(EventTime CompleteSince, long RetentionMilliseconds, int EntriesNeeded);
}
