using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>What the gates before arbitration found of how a candidate reaches its user.</summary>
internal struct Reach
{
    /// <summary>Place of the chosen channel among the trigger's; -1: none reaches the user; 0 until that was asked.</summary>
    public int Channel;

    /// <summary>Whether the user is held out.</summary>
    public HeldOut HeldOut;

    /// <summary>The scores that were looked at, in words; null: none was asked for, or nobody reads them.</summary>
    public string? Scores;
}

/// <summary>A candidate that passed the gates before arbitration.</summary>
/// <param name="Candidate">It.</param>
/// <param name="Reach">What they found.</param>
internal readonly record struct Contender(Candidate Candidate, Reach Reach)
{
    /// <summary>Suppressed for a reason; with none, not decided yet.</summary>
    public Decision As(Reason reason) =>
        new(Candidate, Verdict.Suppressed, reason) { Channel = Reach.Channel, HeldOut = Reach.HeldOut, Scores = Reach.Scores };
}
