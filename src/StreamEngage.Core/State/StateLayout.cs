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

    public int ChannelsOf(int trigger) => trigger < Channels.Length ? Channels[trigger] : 0;

    /// <summary>How many variants each trigger has, in the order of <see cref="Triggers"/>.</summary>
    public int[] Variants { get; init; } = [];

    public int VariantsOf(int trigger) => trigger < Variants.Length ? Variants[trigger] : 0;

    /// <summary>Identity of each trigger's goal: of the trigger's name and version and the event that is the goal; 0 where there is none.</summary>
    public uint[] Goals { get; init; } = [];

    /// <summary>How much older than the clock an event may be.</summary>
    public long LatenessMilliseconds { get; init; }

    /// <summary>Identity of each segment's name.</summary>
    public uint[] Segments { get; }

    public WindowSlot? SlotOf(uint identity) => _slotOf.TryGetValue(identity, out var index) ? Slots[index] : null;

    /// <summary>Index of a trigger, or -1 when it is not there any more.</summary>
    public int TriggerOf(uint identity) => _triggerOf.GetValueOrDefault(identity, -1);

    /// <summary>Index of the trigger whose goal it is, or -1 when there is none, or the goal is another one now.</summary>
    public int TriggerOfGoal(uint identity) => identity == 0 ? -1 : Array.IndexOf(Goals, identity);

    /// <summary>Index of a segment, or -1 when it is not there any more.</summary>
    public int SegmentOf(uint identity) => _segmentOf.GetValueOrDefault(identity, -1);
}
