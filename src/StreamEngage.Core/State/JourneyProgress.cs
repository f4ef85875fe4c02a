using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// A journey under way: it stands at one step, and its timer is the end of that step's wait. It holds what its entry captured and what the events that it
/// waited for added.
/// </summary>
internal sealed class JourneyProgress : Progress
{
    /// <summary>Place, in the compiled journey, of the step it waits at.</summary>
    public int Step { get; set; }

    /// <summary>When it began: the entering event's own time, or the instant at which time made it enter. An exit before this does not concern it.</summary>
    public EventTime EnteredAt { get; init; }

    /// <summary>It ended: it is kept only while what it captured may be read.</summary>
    public bool IsOver { get; set; }

    /// <summary>When it came to the step.</summary>
    public EventTime ReachedAt { get; set; }
}
