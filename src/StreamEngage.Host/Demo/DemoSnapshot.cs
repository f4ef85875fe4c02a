using StreamEngage.Events;

namespace StreamEngage.Host.Demo;

/// <summary>How a running engine stood at one instant. Immutable, so that drawing it never makes the engine wait.</summary>
internal sealed record DemoSnapshot
{
    public required TimeSpan Elapsed { get; init; }

    public required EventTime Clock { get; init; }

    public required LineCounts Lines { get; init; }

    /// <summary>Lines taken in during the last whole second.</summary>
    public required long LinesLastSecond { get; init; }

    /// <summary>Of the last whole second.</summary>
    public required LatencyFigures LatencyLastSecond { get; init; }

    public required LatencyFigures Latency { get; init; }

    /// <summary>How long the next line has been due; zero when the engine keeps up.</summary>
    public required TimeSpan Behind { get; init; }

    public required int Users { get; init; }

    /// <summary>In the rulebook's order.</summary>
    public required IReadOnlyList<TriggerCounts> Triggers { get; init; }

    /// <summary>Why candidates were not sent, the most frequent first.</summary>
    public required IReadOnlyList<NamedCount> Reasons { get; init; }

    /// <summary>The last one of each trigger, newest first, then further ones.</summary>
    public required IReadOnlyList<ShownPrompt> Newest { get; init; }

    /// <summary>Prompts taken back.</summary>
    public required long Cancels { get; init; }

    /// <summary>Resident memory of the process.</summary>
    public required long MemoryBytes { get; init; }

    public long Candidates => Triggers.Sum(trigger => trigger.Candidates);

    public long Sent => Triggers.Sum(trigger => trigger.Sent);

    public long Suppressed => Reasons.Sum(reason => reason.Count);

    public long Held => Triggers.Sum(trigger => trigger.Held);

    /// <summary>Every candidate has one verdict, and every line one fate.</summary>
    public bool IsBalanced => Candidates == Sent + Suppressed + Held && Lines.IsBalanced;
}

internal readonly record struct NamedCount(string Name, long Count);

internal readonly record struct TriggerCounts(string Name, long Candidates, long Sent, long Held)
{
    public long Suppressed => Candidates - Sent - Held;
}

internal readonly record struct LatencyFigures(TimeSpan P50, TimeSpan P90, TimeSpan P99, TimeSpan P999, TimeSpan Max)
{
    public static LatencyFigures Of(LatencyHistogram latencies) => new(
        latencies.Percentile(0.5), latencies.Percentile(0.9), latencies.Percentile(0.99), latencies.Percentile(0.999), latencies.Max);
}

/// <summary>What became of the lines.</summary>
internal sealed record LineCounts
{
    public required long Taken { get; init; }

    /// <summary>Events that moved a state.</summary>
    public required long Applied { get; init; }

    public required long Duplicates { get; init; }

    /// <summary>Same id, other content.</summary>
    public required long Collisions { get; init; }

    /// <summary>Too late to count.</summary>
    public required long Late { get; init; }

    /// <summary>Held to be put in order.</summary>
    public required long Waiting { get; init; }

    /// <summary>By reason.</summary>
    public required IReadOnlyList<NamedCount> Refused { get; init; }

    public long Quarantined => Refused.Sum(reason => reason.Count);

    public bool IsBalanced => Taken == Applied + Duplicates + Collisions + Late + Waiting + Quarantined;
}

/// <summary>A prompt as a person reads it.</summary>
internal sealed record ShownPrompt(EventTime At, string User, string Channel, string Trigger, string Text, string Why);
