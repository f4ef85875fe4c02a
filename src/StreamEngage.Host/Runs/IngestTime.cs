using System.Diagnostics.CodeAnalysis;
using StreamEngage.Events;

namespace StreamEngage.Host.Runs;

/// <summary>What <c>--ingest-time</c> says: the wall clock, one instant, or none, by which no event is from the future.</summary>
internal static class IngestTime
{
    public static bool TryParse(string? text, TimeProvider clock, [NotNullWhen(true)] out Func<EventTime>? ingested)
    {
        ingested = null;
        if (text is null) ingested = () => new(clock.GetUtcNow().ToUnixTimeMilliseconds());
        else if (text == "none") ingested = () => new(Limits.EventTimeMax);
        else if (RulebookChange.TimeOf(text) is { } at) ingested = () => at;
        return ingested is not null;
    }
}
