using System.Text.Json;
using System.Text.Json.Serialization;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Host.Reports;

/// <summary>What became of a prompt, as the services that deliver it tell.</summary>
[Flags]
internal enum ToldOutcome
{
    None = 0,
    Delivered = 1,
    Opened = 2,
    Clicked = 4,
    Dismissed = 8,
    Failed = 16,
    Unsubscribed = 32,
}

/// <summary>
/// The <c>prompt_outcome</c> events of an input, by prompt: each outcome of a prompt counts once, however often and in whatever order it is told.
/// </summary>
internal sealed class PromptOutcomes
{
    private readonly Dictionary<string, ToldOutcome> _told = new(StringComparer.Ordinal);

    /// <summary>None: nothing was told of it.</summary>
    public ToldOutcome this[string prompt] => _told.GetValueOrDefault(prompt);

    public void Offer(in FeedRow row)
    {
        // As text it stands in JSON and in Avro alike; few rows are worth more than this look.
        if (row.Fault is not null || row.Event.Span.IndexOf("prompt_outcome"u8) < 0) return;
        var line = OutcomeLine.Read((row.Avro is null ? row.Event : row.Shown()).Span);
        if (line is not { Type: "prompt_outcome", Props: { PromptId: { } prompt, Outcome: { } word } }) return;
        if (OutcomeCounts.Kinds.TryGetValue(word, out var outcome)) _told[prompt] = this[prompt] | outcome;
    }
}

/// <summary>A line of events as far as it tells of a prompt.</summary>
internal sealed record OutcomeLine(string? Type, OutcomeProps? Props)
{
    /// <summary>Null: it is none.</summary>
    public static OutcomeLine? Read(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, OutcomeLineJson.Default.OutcomeLine);
        }
        catch (JsonException)
        {
            // The engine refuses it or has no use for it.
            return null;
        }
    }
}

internal sealed record OutcomeProps(string? PromptId, string? Outcome);

[JsonSerializable(typeof(OutcomeLine))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class OutcomeLineJson : JsonSerializerContext;

/// <summary>How many of a trigger's sent prompts had which outcome.</summary>
internal sealed class OutcomeCounts
{
    /// <summary>By the words that events have.</summary>
    public static IReadOnlyDictionary<string, ToldOutcome> Kinds { get; } = Enum.GetValues<ToldOutcome>().Where(kind => kind != ToldOutcome.None)
        .ToDictionary(kind => $"{kind}".ToLowerInvariant(), StringComparer.Ordinal);

    private readonly Dictionary<ToldOutcome, long> _counts = [];

    /// <summary>Each kind with its word, also those that never came.</summary>
    public IEnumerable<(string Word, long Count)> All => Kinds.Select(kind => (kind.Key, _counts.GetValueOrDefault(kind.Value)));

    public bool IsAny => _counts.Count > 0;

    public void Add(ToldOutcome told)
    {
        foreach (var kind in Kinds.Values)
            if (told.HasFlag(kind)) _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
    }
}
