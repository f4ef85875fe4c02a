namespace StreamEngage.Tests.Naive;

/// <summary>A candidate that waits for the end of quiet hours or for a person's answer.</summary>
/// <param name="Candidate">It.</param>
/// <param name="DecidedAt">When it was decided first.</param>
/// <param name="Channel">The channel chosen then.</param>
/// <param name="Holdout">Null: the user is not held out.</param>
/// <param name="PromptId">Of the prompt it may become.</param>
internal sealed record NaiveHeld(NaiveCandidate Candidate, long DecidedAt, string Channel, string? Holdout, string PromptId)
{
    public long Due { get; set; }

    public bool AwaitsApproval { get; set; }
}
