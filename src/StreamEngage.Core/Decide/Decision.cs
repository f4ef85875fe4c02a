using StreamEngage.Detect;
using StreamEngage.Events;

namespace StreamEngage.Decide;

/// <summary>A candidate and what became of it.</summary>
internal readonly record struct Decision(Candidate Candidate, Verdict Verdict, Reason Reason)
{
    /// <summary>Values of the prompt's data fields, in the order of the trigger; null unless sent.</summary>
    public Value[]? Data { get; init; }

    /// <summary>The last instant, included, at which the prompt may be shown.</summary>
    public EventTime NotAfter => Candidate.DecidedAt + Candidate.Trigger.Decide.ExpiresMilliseconds;
}
