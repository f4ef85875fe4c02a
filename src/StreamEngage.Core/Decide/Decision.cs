using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>A candidate and what became of it.</summary>
internal readonly record struct Decision(Candidate Candidate, Verdict Verdict, Reason Reason)
{
    /// <summary>When the verdict fell: of a released candidate later than it was made.</summary>
    public EventTime At { get; init; } = Candidate.DecidedAt;

    /// <summary>Values of the prompt's data fields, in the order of the trigger; null unless sent.</summary>
    public Value[]? Data { get; init; }

    /// <summary>Who and what it is, as texts; null where it was only counted.</summary>
    public CandidateNames? Names { get; init; }

    /// <summary>Id of the prompt; null unless sent or held.</summary>
    public string? PromptId { get; init; }

    /// <summary>Place of the chosen channel among the trigger's; of no meaning before the channel gate.</summary>
    public int Channel { get; init; }

    /// <summary>The user is held out: a prompt that would have been sent is a ghost.</summary>
    public HeldOut HeldOut { get; init; }

    /// <summary>Place of the variant among the trigger's; -1 where it has none.</summary>
    public int Variant { get; init; } = -1;

    /// <summary>The probability with which the variant was chosen; null where nothing was drawn.</summary>
    public double? Propensity { get; init; }

    /// <summary>What the gate that it failed or was held at had looked at; null: nothing to say.</summary>
    public string? Detail { get; init; }

    /// <summary>It is held until a person has answered.</summary>
    public bool AwaitsApproval { get; init; }

    /// <summary>The last instant, included, at which the prompt may be shown.</summary>
    public EventTime NotAfter => Candidate.DecidedAt + Candidate.Trigger.Decide.ExpiresMilliseconds;
}
