using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>A candidate that passed the gates before arbitration.</summary>
/// <param name="Candidate">It.</param>
/// <param name="Channel">Place of the chosen channel among the trigger's.</param>
/// <param name="HeldOut">Whether the user is held out.</param>
internal readonly record struct Contender(Candidate Candidate, int Channel, HeldOut HeldOut);
