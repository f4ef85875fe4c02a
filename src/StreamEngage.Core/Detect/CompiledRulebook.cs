using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// A rulebook ready to run: triggers and segments compiled, indexed by event type. Immutable once it runs, and shared by lanes where it has no tenure.
/// </summary>
internal sealed class CompiledRulebook
{
    public required RulebookDefinition Definition { get; init; }

    public required EventSchema Schema { get; init; }

    public required CompiledTrigger[] Triggers { get; init; }

    public required CompiledSegment[] Segments { get; init; }

    public required WindowSlot[] Slots { get; init; }

    /// <summary>By type index; the first is for every type not named.</summary>
    public required TypePlan[] Plans { get; init; }

    /// <summary>Whether sessions are kept.</summary>
    public required bool UsesSessions { get; init; }

    /// <summary>Property index of each attribute that expressions read.</summary>
    public required int[] Attributes { get; init; }

    /// <summary>Property index of the attribute that names a user's zone.</summary>
    public required int ZoneAttribute { get; init; }

    /// <summary>Property index of the attribute that names the zone of a user's device.</summary>
    public required int DeviceZoneAttribute { get; init; }

    /// <summary>What tells the zone of a user's device; null: no behavior event does.</summary>
    public DeviceZone? DeviceZone => Definition.Policy.DeviceZone is not { } property ? null
        : new(Schema.PropertyOf(property), DeviceZoneAttribute);

    /// <summary>How states are stored under this rulebook.</summary>
    public required StateLayout Layout { get; init; }

    /// <summary>By what users are ranked among all; null: nothing asks for it.</summary>
    public StandingRead? Standing { get; init; }

    /// <summary>By which stages are made; null: nothing asks for them.</summary>
    public LifecyclePolicy? Lifecycle => Layout.Lifecycle;

    /// <summary>Some decision depends on what came of others.</summary>
    public bool Learns => Standing is not null || Array.Exists(Triggers, trigger => trigger.Learns);

    /// <summary>Since when its parts have been fed, where that was not known when it was compiled. To be called once, before it runs.</summary>
    public void Begin(Tenure tenure)
    {
        foreach (var trigger in Triggers) trigger.Begin(tenure, Layout.Triggers[trigger.Index]);
    }

    public TimePolicy Time => Definition.Policy.Time;

    /// <summary>Civil time has a cache of zones, so each lane has its own.</summary>
    public CivilTime NewCivilTime() => new(Definition.Policy.TimeZone, ZoneAttribute, DeviceZoneAttribute);
}
