using StreamEngage.Detect.Expressions;

namespace StreamEngage.Detect;

/// <summary>A trigger that an event of some type concerns, if the condition holds.</summary>
internal sealed record TriggerRule(CompiledTrigger Trigger, CompiledExpression? Where)
{
    /// <summary>Of an exit: the event is the trigger's goal.</summary>
    public bool IsGoal { get; init; }
}

/// <summary>Everything an event of one type can touch: the index that keeps the cost of an event independent of all other triggers.</summary>
internal sealed class TypePlan
{
    /// <summary>It is what a user does, not a fact about the user nor made by the engine.</summary>
    public required bool IsBehavior { get; init; }

    /// <summary>An event of the type looks at what triggers know of its user, whatever it says.</summary>
    public bool TouchesInstances => MovesJourneys || Exits.Length + Cancels.Length + Arms.Length + Patterns.Length > 0;

    /// <summary>An event of the type may change what triggers know of its user, or what makes the user's stage or rank.</summary>
    public bool MovesProgress =>
        IsActivity || MovesStanding || Exits.Length + Cancels.Length + Arms.Length + Histories.Length + Patterns.Length > 0;

    public WindowFeed[] Feeds { get; set; } = [];

    /// <summary>An event of the type is activity, which makes the user's stage; false where nothing asks for stages.</summary>
    public bool IsActivity { get; set; }

    /// <summary>An event of the type may move its user among all; false where nothing asks for ranks.</summary>
    public bool MovesStanding { get; set; }

    public TriggerRule[] Exits { get; set; } = [];

    public TriggerRule[] Cancels { get; set; } = [];

    public TriggerRule[] Arms { get; set; } = [];

    /// <summary>Histories of cancelling events: fed after arming, so that an event is not its own canceller.</summary>
    public WindowFeed[] Histories { get; set; } = [];

    public CompiledTrigger[] Patterns { get; set; } = [];

    /// <summary>A journey may wait for an event of the type.</summary>
    public bool MovesJourneys { get; set; }

    public TriggerRule[] Events { get; set; } = [];

    public CompiledSegment[] Segments { get; set; } = [];
}
