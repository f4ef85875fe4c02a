using StreamEngage.Events;
using StreamEngage.Rules;

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

    /// <summary>What a record of each trigger may say, in the order of <see cref="Triggers"/>.</summary>
    public TriggerShape[] Shapes { get; init; } = [];

    /// <summary>Of a trigger that is not there any more nothing may be said.</summary>
    public TriggerShape ShapeOf(int trigger) => trigger >= 0 && trigger < Shapes.Length ? Shapes[trigger] : default;

    /// <summary>What stored journeys of each trigger are called, in the order of <see cref="Triggers"/>; null: it is none.</summary>
    public JourneyShape?[] Journeys { get; init; } = [];

    /// <summary>A candidate that was held under another layout is held on under this one.</summary>
    public bool Takes(HeldCandidate held, StateLayout former)
    {
        var heir = HeirOf(former.Triggers[held.Instance.Trigger]);
        if (!heir.KeepsProgress || held.Channel >= ShapeOf(heir.Trigger).Channels) return false;
        var journey = heir.Trigger < Journeys.Length ? Journeys[heir.Trigger] : null;
        if (former.JourneyOf(held) is not { } before || held.Step < 0) return journey is null;
        return journey?.PromptOf(before.Prompts[held.Step], held.Channel) >= 0;
    }

    /// <summary>Null: the trigger has no steps.</summary>
    public JourneyShape? JourneyOf(HeldCandidate held) => held.Instance.Trigger < Journeys.Length ? Journeys[held.Instance.Trigger] : null;

    /// <summary>
    /// Index of the trigger with which a stored journey goes on: the one of its version, else the one of its name that takes entries, or the newest; -1: none
    /// has the name.
    /// </summary>
    public int JourneyOf(uint name, int version)
    {
        var found = -1;
        for (var trigger = 0; trigger < Journeys.Length; trigger++)
        {
            if (Journeys[trigger] is not { } shape || shape.Name != name) continue;
            if (shape.Version == version) return trigger;
            if (found < 0 || shape.Version > Journeys[found]!.Version) found = trigger;
        }
        return found < 0 || found >= Keepers.Length || Journeys[Keepers[found].Trigger] is null ? found : Keepers[found].Trigger;
    }

    /// <summary>
    /// Who remembers what each trigger sent and goes on with what it waits for to begin with, in the order of <see cref="Triggers"/>: the trigger itself, but
    /// of a version that drains the one that takes its entries.
    /// </summary>
    public Heir[] Keepers { get; init; } = [];

    /// <summary>The same of the trigger that goes on with what was kept under an identity.</summary>
    public Heir KeeperOf(uint identity)
    {
        var heir = HeirOf(identity);
        if (heir.Trigger < 0 || heir.Trigger >= Keepers.Length) return heir;
        var keeper = Keepers[heir.Trigger];
        return keeper with { KeepsProgress = keeper.KeepsProgress && heir.KeepsProgress };
    }

    /// <summary>They are versions of one trigger.</summary>
    public bool AreKin(int trigger, int other) => trigger == other || (trigger < Keepers.Length && Keepers[trigger].Trigger == Keepers[other].Trigger);

    /// <summary>Where a journey of another layout goes on under this one: the trigger and the place; null: it ends.</summary>
    /// <param name="former">What it is called there.</param>
    /// <param name="place">The place it waits at there.</param>
    public (int Trigger, int Place)? StepOf(JourneyShape former, int place) => StepOf(former.Name, former.Version, former.Steps[place]);

    /// <summary>The same, of a stored one.</summary>
    public (int Trigger, int Place)? StepOf(uint name, int version, uint step) =>
        JourneyOf(name, version) is >= 0 and var trigger && Journeys[trigger]!.StepOf(version, step) is { } place ? (trigger, place) : null;

    /// <summary>How many variants each trigger has, in the order of <see cref="Triggers"/>.</summary>
    public int[] Variants { get; init; } = [];

    public int VariantsOf(int trigger) => trigger < Variants.Length ? Variants[trigger] : 0;

    /// <summary>Identity of each trigger's goal: of the trigger's name and version and the event that is the goal; 0 where there is none.</summary>
    public uint[] Goals { get; init; } = [];

    /// <summary>How much older than the clock an event may be.</summary>
    public long LatenessMilliseconds { get; init; }

    /// <summary>Identity of each segment's name.</summary>
    public uint[] Segments { get; }

    /// <summary>Identity of each segment's name and condition.</summary>
    public uint[] SegmentMeanings { get; init; } = [];

    /// <summary>By which stages are made; null: none are asked for, and nothing is kept for them.</summary>
    public LifecyclePolicy? Lifecycle { get; init; }

    /// <summary>Identity of what users are ranked by; 0 where nothing asks for ranks.</summary>
    public uint Standing { get; init; }

    /// <summary>Identity of the activity that makes stages; 0 where none are asked for.</summary>
    public uint LifeActivity { get; init; }

    public WindowSlot? SlotOf(uint identity) => _slotOf.TryGetValue(identity, out var index) ? Slots[index] : null;

    /// <summary>What each trigger is across its versions, in the order of <see cref="Triggers"/>.</summary>
    public TriggerKin[] Kin { get; init; } = [];

    /// <summary>Triggers that took the place of older versions, by the identity of those.</summary>
    public IReadOnlyDictionary<uint, Heir> Heirs { get; init; } = new Dictionary<uint, Heir>();

    /// <summary>The trigger that goes on with what was kept under an identity; its index is -1 when there is none.</summary>
    public Heir HeirOf(uint identity) => _triggerOf.TryGetValue(identity, out var index) ? new(index, KeepsProgress: true)
        : Heirs.TryGetValue(identity, out var heir) ? heir : new(-1, KeepsProgress: false);

    /// <summary>Index of the trigger whose goal it is, or -1 when there is none, or the goal is another one now.</summary>
    public int TriggerOfGoal(uint identity) => identity == 0 ? -1 : Array.IndexOf(Goals, identity);

    /// <summary>Index of a segment, or -1 when it is not there any more.</summary>
    public int SegmentOf(uint identity) => _segmentOf.GetValueOrDefault(identity, -1);
}

/// <summary>What is stored of a trigger beyond its memory, so that a record of another form of it is not taken for this one's.</summary>
/// <param name="Channels">How many channels it names.</param>
/// <param name="Waits">It is an absence or a silence.</param>
/// <param name="Steps">Steps of its pattern; 0: it has none.</param>
/// <param name="EndsWithNot">A match of its pattern waits at its end for something not to come.</param>
internal readonly record struct TriggerShape(int Channels, bool Waits, int Steps, bool EndsWithNot);

/// <summary>What a trigger is across its versions.</summary>
/// <param name="Name">Identity of its name: what was sent is remembered under it.</param>
/// <param name="Captures">Identity of the values it captures.</param>
internal readonly record struct TriggerKin(uint Name, uint Captures);

/// <summary>A trigger that goes on with what an older version of it, or it itself, had kept.</summary>
/// <param name="Trigger">Its index.</param>
/// <param name="KeepsProgress">With what was under way, too, not with the memory of what was sent alone.</param>
internal readonly record struct Heir(int Trigger, bool KeepsProgress);
