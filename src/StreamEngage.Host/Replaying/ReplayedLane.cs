namespace StreamEngage.Host.Replaying;

/// <summary>What making a lane again has shown.</summary>
/// <param name="Lane">Which.</param>
internal sealed record ReplayedLane(int Lane)
{
    /// <summary>Why it could not be made again; null: it was.</summary>
    public string? Problem { get; init; }

    /// <summary>Why its users could not be compared with the store; null: they were.</summary>
    public string? NotCompared { get; set; }

    public long Records { get; init; }

    public long Steps { get; init; }

    /// <summary>Prompts, refusals and messages that the steps make.</summary>
    public int Made { get; init; }

    /// <summary>Made, and not settled by the journal: they wait in the outbox.</summary>
    public int Waiting { get; init; }

    /// <summary>Not published because their users opted out.</summary>
    public int Withdrawn { get; init; }

    /// <summary>Settled by the journal, and not made: what was published should not have been.</summary>
    public IReadOnlyList<string> Phantom { get; init; } = [];

    public long Users { get; set; }

    /// <summary>Users whose state in the store is another one.</summary>
    public List<string> Differing { get; } = [];

    public bool IsRight => Problem is null && Phantom.Count + Differing.Count == 0;
}

/// <summary>Published prompts of all lanes against those that were made.</summary>
/// <param name="Visible">Prompts in the channel topics.</param>
/// <param name="Lost">Settled by a journal and made, and in no topic.</param>
/// <param name="Phantom">In a topic, and not made.</param>
/// <param name="Other">In a topic with other bytes.</param>
/// <param name="Repeated">Once more under the same id; at-least-once allows it.</param>
internal sealed record PublishedPrompts(int Visible, IReadOnlyList<string> Lost, IReadOnlyList<string> Phantom, IReadOnlyList<string> Other, int Repeated);

/// <summary>All lanes made again, and what was published.</summary>
internal sealed record Replayed(IReadOnlyList<ReplayedLane> Lanes, PublishedPrompts? Prompts)
{
    public bool IsRight => Lanes.All(lane => lane.IsRight) && Prompts is null or { Lost.Count: 0, Phantom.Count: 0, Other.Count: 0 };
}
