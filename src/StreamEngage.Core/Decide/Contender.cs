using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>A candidate that passed the gates before arbitration.</summary>
/// <param name="Candidate">It.</param>
/// <param name="Channel">Place of the chosen channel among the trigger's.</param>
/// <param name="HeldOut">Whether the user is held out.</param>
internal readonly record struct Contender(Candidate Candidate, int Channel, HeldOut HeldOut)
{
    /// <summary>The scores it passed with, in words; null: none was asked for, or nobody reads them.</summary>
    public string? Scores { get; init; }

    /// <summary>Suppressed for a reason; with none, not decided yet.</summary>
    public Decision As(Reason reason) => new(Candidate, Verdict.Suppressed, reason) { Channel = Channel, HeldOut = HeldOut, Scores = Scores };
}
