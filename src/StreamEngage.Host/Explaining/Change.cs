namespace StreamEngage.Host.Explaining;

/// <summary>What a change touches.</summary>
internal enum ChangeKind
{
    /// <summary>The rulebook.</summary>
    Rule,

    /// <summary>An event that came or did not come.</summary>
    Event,

    /// <summary>The time of events.</summary>
    Time,
}

/// <summary>One thing that could have been otherwise.</summary>
/// <param name="Kind">What it touches.</param>
/// <param name="Says">It in words, after "if".</param>
/// <param name="Apply">The premise with it.</param>
internal sealed record Change(ChangeKind Kind, string Says, Func<Premise, Premise> Apply);

/// <summary>Changes that were tried together and made the candidate a prompt.</summary>
/// <param name="Changes">All of them are needed in the order they stand.</param>
/// <param name="Outcome">What became of the candidate.</param>
internal sealed record Flip(IReadOnlyList<Change> Changes, Outcome Outcome)
{
    public string Says => string.Join("; and ", Changes.Select(change => change.Says));

    public Premise Apply(Premise premise) => Changes.Aggregate(premise, (changed, change) => change.Apply(changed));
}
