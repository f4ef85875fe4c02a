using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// What the parts of a stored state are called, so that a state written under one rulebook is read under another: what still means
/// the same is kept, the rest is dropped.
/// </summary>
internal sealed class StateLayout
{
    private readonly Dictionary<uint, int> _slotOf;
    private readonly Dictionary<uint, int> _triggerOf;
    private readonly Dictionary<uint, int> _segmentOf;

    public StateLayout(EventSchema schema, WindowSlot[] slots, uint[] triggers, uint[] segments)
    {
        Schema = schema;
        Slots = slots;
        Triggers = triggers;
        Segments = segments;
        _slotOf = slots.ToDictionary(slot => slot.Identity, slot => slot.Index);
        _triggerOf = triggers.Select((identity, index) => (identity, index)).ToDictionary(pair => pair.identity, pair => pair.index);
        _segmentOf = segments.Select((identity, index) => (identity, index)).ToDictionary(pair => pair.identity, pair => pair.index);
    }

    public EventSchema Schema { get; }

    public WindowSlot[] Slots { get; }

    /// <summary>Identity of each trigger: of its name, version and what it captures.</summary>
    public uint[] Triggers { get; }

    /// <summary>How many channels each trigger names, in the order of <see cref="Triggers"/>.</summary>
    public int[] Channels { get; init; } = [];

    /// <summary>What stored journeys of each trigger are called, in the order of <see cref="Triggers"/>; null: it is none.</summary>
    public JourneyShape?[] Journeys { get; init; } = [];

    /// <summary>Null: the trigger has no steps.</summary>
    public JourneyShape? JourneyOf(HeldCandidate held) => held.Instance.Trigger < Journeys.Length ? Journeys[held.Instance.Trigger] : null;

    /// <summary>Index of the trigger with which a stored journey goes on: the one of its version, else the newest of its name; -1: none has the name.</summary>
    public int JourneyOf(uint name, int version)
    {
        var found = -1;
        for (var trigger = 0; trigger < Journeys.Length; trigger++)
        {
            if (Journeys[trigger] is not { } shape || shape.Name != name) continue;
            if (shape.Version == version) return trigger;
            if (found < 0 || shape.Version > Journeys[found]!.Version) found = trigger;
        }
        return found;
    }

    public int ChannelsOf(int trigger) => trigger < Channels.Length ? Channels[trigger] : 0;

    /// <summary>Identity of each segment's name.</summary>
    public uint[] Segments { get; }

    public WindowSlot? SlotOf(uint identity) => _slotOf.TryGetValue(identity, out var index) ? Slots[index] : null;

    /// <summary>Index of a trigger, or -1 when it is not there any more.</summary>
    public int TriggerOf(uint identity) => _triggerOf.GetValueOrDefault(identity, -1);

    /// <summary>Index of a segment, or -1 when it is not there any more.</summary>
    public int SegmentOf(uint identity) => _segmentOf.GetValueOrDefault(identity, -1);
}
