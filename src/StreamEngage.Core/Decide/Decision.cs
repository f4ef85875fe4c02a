using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>
/// A candidate and what became of it: made where a candidate passes the first gates, or where somebody reads why it did not, and filled in by each gate
/// it comes to. Until one says otherwise it is suppressed for no reason.
/// </summary>
internal sealed class Decision(in Candidate candidate)
{
    private readonly Candidate _candidate = candidate;

    public ref readonly Candidate Candidate => ref _candidate;

    public CompiledTrigger Trigger => _candidate.Trigger;

    public Verdict Verdict { get; set; } = Verdict.Suppressed;

    public Reason Reason { get; set; }

    /// <summary>When the verdict fell: of a released candidate later than it was made.</summary>
    public EventTime At { get; init; } = candidate.DecidedAt;

    /// <summary>Values of the prompt's data fields, in the order of the trigger; null before they were read.</summary>
    public Value[]? Data { get; set; }

    /// <summary>Who and what it is, as texts; null where it was only counted.</summary>
    public CandidateNames? Names { get; set; }

    /// <summary>Id of the prompt; null unless sent or held.</summary>
    public string? PromptId { get; set; }

    /// <summary>Place of the chosen channel among the trigger's; -1: none reaches the user; 0 until that was asked.</summary>
    public int Channel { get; set; }

    /// <summary>The user is held out: a prompt that would have been sent is a ghost.</summary>
    public HeldOut HeldOut { get; set; }

    /// <summary>Place of the variant among the trigger's; -1 where it has none.</summary>
    public int Variant { get; set; } = -1;

    /// <summary>It takes the place of a former prompt of its instance, which may still be seen.</summary>
    public bool Supersedes { get; set; }

    /// <summary>The probability with which the variant was chosen; null where nothing was drawn.</summary>
    public double? Propensity { get; set; }

    /// <summary>The scores that were looked at, in words; null: none was asked for, or nobody reads them.</summary>
    public string? Scores { get; set; }

    /// <summary>What the gate that it failed or was held at had looked at; null: nothing to say.</summary>
    public string? Detail { get; set; }

    /// <summary>It is held until a person has answered.</summary>
    public bool AwaitsApproval { get; set; }

    /// <summary>The last instant, included, at which the prompt may be shown.</summary>
    public EventTime NotAfter => _candidate.DecidedAt + Trigger.Decide.ExpiresMilliseconds;
}
