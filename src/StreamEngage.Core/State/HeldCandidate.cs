using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Whether a user is kept from prompts so that their worth can be measured.</summary>
internal enum HeldOut : byte { No, FromAll, FromTrigger }

/// <summary>A candidate that waits for the end of quiet hours or for a person's answer, with all that its gates read again then.</summary>
internal sealed class HeldCandidate() : Progress(TimerPurpose.Release)
{
    /// <summary>When it was decided.</summary>
    public EventTime DecidedAt { get; init; }

    /// <summary>When what made it began: an exit before this does not concern it.</summary>
    public EventTime BeganAt { get; init; }

    /// <summary>Place of its channel among the trigger's.</summary>
    public int Channel { get; init; }

    public HeldOut HeldOut { get; set; }

    /// <summary>Of a journey: place of its step among the trigger's prompt steps; -1: it is of none, or that step is gone.</summary>
    public int Step { get; set; } = NoStep;

    /// <summary>It was stored as one of a journey's.</summary>
    public bool IsOfStep { get; set; }

    public const int NoStep = -1;

    /// <summary>It waits for a person's answer, until its deadline at the latest.</summary>
    public bool AwaitsApproval { get; set; }

    /// <summary>Its prompt's id: under it a place in the caps is reserved.</summary>
    public UInt128 PromptId { get; init; }
}
