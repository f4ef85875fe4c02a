namespace StreamEngage.Tests.Naive;

/// <summary>A terminal verdict. <see cref="Reason"/> is null exactly when it was sent.</summary>
internal sealed record NaiveDecision(
    long At, string User, string Trigger, string Instance, string Verdict, string? Reason, IReadOnlyList<string> Causes)
{
    /// <summary>Of what was sent: id, channel, decidedAt, notBefore, notAfter, variant and kind.</summary>
    public string? Prompt { get; init; }

    /// <summary>Of a journey: name of the step that prompts.</summary>
    public string? Step { get; init; }

    /// <summary>Of the trigger.</summary>
    public int Version { get; init; }

    /// <summary>The line by which two runs are compared.</summary>
    public override string ToString() =>
        $"{At} {User} {Trigger} [{Instance}] {Step} {Verdict} {Reason ?? "-"} ({string.Join(",", Causes)}) {Prompt}";
}

/// <summary>A prompt taken back: a cancelling event came after the absence had fired.</summary>
internal sealed record NaiveCancel(long At, string User, string Trigger, string Instance, string ArmingId)
{
    /// <summary>Written as a decision of verdict <c>cancel</c>, so that runs are compared in both at once.</summary>
    public NaiveDecision AsDecision => new(At, User, Trigger, Instance, "cancel", null, [ArmingId]);
}

/// <summary>What became of the arrived events.</summary>
internal sealed record NaiveCounts(int Admitted, int Duplicates, int Collisions, int Late);

/// <summary>All that a run gave, in the order in which it was decided.</summary>
internal sealed record NaiveOutcome(
    IReadOnlyList<NaiveDecision> Decisions, IReadOnlyList<NaiveCancel> Cancels, NaiveCounts Counts)
{
    /// <summary>What came of prompts, as lines to be compared.</summary>
    public IReadOnlyList<NaiveDecision> Outcomes { get; init; } = [];

    /// <summary>Decisions, cancels and outcomes: all that two runs are compared in. What came of prompts is told by one rulebook alone.</summary>
    public IReadOnlyList<NaiveDecision> All => [.. Decisions, .. Cancels.Select(c => c.AsDecision), .. HasChanged ? [] : Outcomes];

    /// <summary>Another rulebook came into force.</summary>
    public bool HasChanged { get; init; }

    /// <summary>
    /// Greatest number of partial matches of one pattern, user and key that were alive at once. Nothing is evicted here:
    /// above 64 the outcome is not what the contract asks for.
    /// </summary>
    public int PartialMatchesMax { get; init; }

    /// <summary>Users merged into others, and users erased.</summary>
    public (int Merges, int Erasures) Identities { get; init; }
}
