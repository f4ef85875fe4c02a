using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rules;

/// <summary>Which events: a type, optionally a condition on them and a name for the one that matched.</summary>
/// <param name="At">Where it is written.</param>
/// <param name="Type">The event type.</param>
/// <param name="Alias">The name under which its properties are read later, or null.</param>
/// <param name="Where">A condition reading <c>event.x</c> or the alias, or null for every event of the type.</param>
internal sealed record EventSelector(SourcePosition At, string Type, string? Alias = null, Expression? Where = null);

/// <summary>What makes candidates: exactly one of the five forms.</summary>
/// <param name="At">Where it is written.</param>
internal abstract record OnClause(SourcePosition At);

/// <summary>Every selected event is a candidate.</summary>
internal sealed record EventOn(SourcePosition At, EventSelector Event) : OnClause(At);

/// <summary>What another arming event does while the absence is armed.</summary>
internal enum RepeatMode
{
    /// <summary>The deadline moves to the latest arming event.</summary>
    Restart,

    /// <summary>The first arming event stays.</summary>
    Ignore,

    /// <summary>Every arming event waits on its own.</summary>
    Each,
}

/// <summary><see cref="After"/>, then none of <see cref="Of"/> until <c>A.at + For</c>, that instant included.</summary>
internal sealed record AbsenceOn(SourcePosition At, EventSelector After, IReadOnlyList<EventSelector> Of) : OnClause(At)
{
    /// <summary>Milliseconds from the arming event to the deadline; at least 1.</summary>
    public required long ForMilliseconds { get; init; }

    /// <summary>Milliseconds the firing waits after the deadline for late cancelling events; default 0.</summary>
    public long GraceMilliseconds { get; init; }

    /// <summary>Default <see cref="RepeatMode.Restart"/>.</summary>
    public RepeatMode Repeat { get; init; }
}

/// <summary>Nothing of <see cref="Of"/> (of anything the user does, when empty) for a time after the last one.</summary>
internal sealed record SilenceOn(SourcePosition At, long ForMilliseconds, IReadOnlyList<EventSelector> Of) : OnClause(At);

/// <summary>Which change of membership makes a candidate.</summary>
internal enum SegmentEdge { Enter, Exit }

/// <summary>Entering or leaving a segment, by an event or by time passing.</summary>
internal sealed record SegmentOn(SourcePosition At, string Segment, SegmentEdge Edge) : OnClause(At);

/// <summary>A pattern over one user's events of one instance key.</summary>
internal sealed record PatternOn(SourcePosition At, IReadOnlyList<PatternStep> Steps) : OnClause(At)
{
    /// <summary>First to last event in milliseconds, excluded: <c>last.at - first.at &lt; within</c>. Null: unbounded.</summary>
    public long? WithinMilliseconds { get; init; }

    /// <summary>What happens to the other partial matches after a match; default past_last.</summary>
    public SkipMode Skip { get; init; } = SkipMode.PastLast;

    /// <summary>The alias (or, without one, the event type) of the step that to_first and to_last name; null otherwise.</summary>
    public string? SkipTo { get; init; }
}

/// <summary>After-match skip strategies.</summary>
internal enum SkipMode { PastLast, ToNext, None, ToFirst, ToLast }

/// <summary>How many other events may stand between two taken ones.</summary>
internal enum Contiguity
{
    /// <summary>Relaxed, the default: what does not match is skipped.</summary>
    Then,

    /// <summary>Strict: the very next event.</summary>
    Next,

    /// <summary>Non-deterministic relaxed: what matches may be skipped too.</summary>
    Any,
}

/// <summary>One step of a pattern: events to take, or (negated) events that must not come.</summary>
internal sealed record PatternStep(SourcePosition At, EventSelector Event)
{
    /// <summary>Distance to the event taken before. On the first step it is meaningless.</summary>
    public Contiguity Contiguity { get; init; }

    /// <summary>True for <c>not:</c>. Between two steps, or last with <see cref="ForMilliseconds"/>.</summary>
    public bool Negated { get; init; }

    /// <summary>Of a last negated step: milliseconds after the last taken event, end included, in which it must not come.</summary>
    public long? ForMilliseconds { get; init; }

    /// <summary>Least number of events taken; default 1.</summary>
    public int TimesMin { get; init; } = 1;

    /// <summary>Greatest number of events taken; null for <c>n..</c>; default 1.</summary>
    public int? TimesMax { get; init; } = 1;

    /// <summary>The step may be left out whole.</summary>
    public bool Optional { get; init; }

    /// <summary>A loop takes all it can before the next step is tried.</summary>
    public bool Greedy { get; init; }

    /// <summary>A loop ends when an event satisfies this; that event is not taken. Null: no such end.</summary>
    public Expression? Until { get; init; }

    /// <summary>Milliseconds since the last event of the previous step, excluded. Null: unbounded.</summary>
    public long? WithinMilliseconds { get; init; }

    /// <summary>Contiguity inside the loop; default <see cref="Contiguity.Then"/>.</summary>
    public Contiguity Loop { get; init; }
}
