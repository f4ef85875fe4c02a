using System.Diagnostics.CodeAnalysis;
using System.Globalization;
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
        else if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds <= Limits.EventTimeMax)
            ingested = () => new(milliseconds);
        else if (text.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            ingested = () => new(at.ToUnixTimeMilliseconds());
        return ingested is not null;
    }
}
