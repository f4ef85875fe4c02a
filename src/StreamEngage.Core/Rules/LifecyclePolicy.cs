namespace StreamEngage.Rules;

/// <summary>Where a user stands with the product. Those who have fallen silent come last, the deepest at the end.</summary>
internal enum LifecycleStage : byte { New, Active, Resurrected, AtRisk, Dormant, Churned }

/// <summary>What stages are called.</summary>
internal static class LifecycleStages
{
    /// <summary>In the order of <see cref="LifecycleStage"/>, as <c>user.stage</c> gives them.</summary>
    public static IReadOnlyList<string> Names { get; } = ["new", "active", "resurrected", "at-risk", "dormant", "churned"];

    /// <summary>A segment of this name and a stage's has the users of that stage; no other segment can be called so.</summary>
    public const string SegmentPrefix = "lifecycle/";
}

/// <summary>When a user is of which stage. Durations in milliseconds.</summary>
internal sealed record LifecyclePolicy
{
    private const long Day = 86_400_000;

    /// <summary>Shorter than this ago the user was first active. Default 7 days.</summary>
    public long NewMilliseconds { get; init; } = 7 * Day;

    /// <summary>Silent for at least this long; at least 1. Default 14 days.</summary>
    public long AtRiskMilliseconds { get; init; } = 14 * Day;

    /// <summary>Longer than the one before. Default 30 days.</summary>
    public long DormantMilliseconds { get; init; } = 30 * Day;

    /// <summary>Longer than the one before. Default 60 days.</summary>
    public long ChurnedMilliseconds { get; init; } = 60 * Day;

    /// <summary>How long a user who came back from dormant or churned is resurrected. Default 7 days.</summary>
    public long ResurrectedMilliseconds { get; init; } = 7 * Day;

    /// <summary>Activities, none of them <see cref="AtRiskMilliseconds"/> apart, that bring back a user who had fallen silent. Default 2.</summary>
    public int Return { get; init; } = 2;

    /// <summary>Types of the events that are activity; empty: whatever the user does.</summary>
    public IReadOnlyList<string> Of { get; init; } = [];

    /// <summary>How deep a silence of this length has let a user fall; <see cref="LifecycleStage.Active"/> where it has not.</summary>
    public LifecycleStage AfterSilence(long milliseconds) =>
        milliseconds >= ChurnedMilliseconds ? LifecycleStage.Churned
        : milliseconds >= DormantMilliseconds ? LifecycleStage.Dormant
        : milliseconds >= AtRiskMilliseconds ? LifecycleStage.AtRisk
        : LifecycleStage.Active;

    /// <summary>Two policies of one activity keep the same of a user.</summary>
    public string Activity => $"lifecycle {string.Join(' ', Of.Order(StringComparer.Ordinal))}";

    /// <summary>All that makes a stage.</summary>
    public string Meaning => FormattableString.Invariant(
        $"{Activity}: {NewMilliseconds} {AtRiskMilliseconds} {DormantMilliseconds} {ChurnedMilliseconds} {ResurrectedMilliseconds} {Return}");
}

/// <summary>What recency, frequency and monetary value are read of.</summary>
internal sealed record RfmPolicy
{
    /// <summary>How far back frequency and monetary value look, in milliseconds; at least 1. Default 90 days.</summary>
    public long OverMilliseconds { get; init; } = 90 * 86_400_000L;

    /// <summary>The type of the latest of these events; default that of <see cref="Frequency"/>.</summary>
    public string? Recency { get; init; }

    /// <summary>The type of the events that are counted. Default <c>purchase</c>.</summary>
    public string Frequency { get; init; } = "purchase";

    /// <summary>The type of the events whose property is added up. Default <c>purchase</c>.</summary>
    public string MonetaryType { get; init; } = "purchase";

    /// <summary>That property. Default <c>value</c>.</summary>
    public string MonetaryProperty { get; init; } = "value";

    /// <summary>The best score against all users, the worst being 1. Default 5.</summary>
    public int Scores { get; init; } = 5;

    /// <summary>What users are ranked by.</summary>
    public string Meaning => FormattableString.Invariant($"rfm {Recency ?? Frequency} {Frequency} {MonetaryType}.{MonetaryProperty} {OverMilliseconds}");

    /// <summary>Types of the events that move a user among all.</summary>
    public IEnumerable<string> Types => [Recency ?? Frequency, Frequency, MonetaryType];
}
