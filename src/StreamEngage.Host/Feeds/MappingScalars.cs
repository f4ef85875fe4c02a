using System.Globalization;

namespace StreamEngage.Host.Feeds;

/// <summary>The spellings of durations, offsets and date patterns in a mapping file.</summary>
internal static class MappingScalars
{
    private const long DurationMax = 366L * 24 * 3600 * 1000;

    private static readonly (string Suffix, long Milliseconds)[] _units =
        [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

    /// <summary>A whole number and a unit, from 0 to a year.</summary>
    public static bool TryDuration(string written, out long milliseconds)
    {
        milliseconds = 0;
        foreach (var (suffix, unit) in _units)
        {
            if (!written.EndsWith(suffix, StringComparison.Ordinal)) continue;
            if (!long.TryParse(written[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)) continue;
            if (number > DurationMax / unit) return false;
            milliseconds = number * unit;
            return true;
        }
        return false;
    }

    /// <summary>A sign, hours and minutes: at most 14 hours either way, as everywhere on Earth.</summary>
    public static bool TryOffset(string written, out long milliseconds)
    {
        milliseconds = 0;
        if (written is not (['+', ..] or ['-', ..])) return false;
        if (!TimeSpan.TryParseExact(written.AsSpan(1), @"hh\:mm", CultureInfo.InvariantCulture, out var span)) return false;
        if (span > TimeSpan.FromHours(14)) return false;
        milliseconds = (written[0] == '-' ? -1 : 1) * (long)span.TotalMilliseconds;
        return true;
    }

    /// <summary>True when a time written by the pattern can be read by it again.</summary>
    public static bool IsPattern(string pattern)
    {
        try
        {
            var written = DateTimeOffset.UnixEpoch.ToString(pattern, CultureInfo.InvariantCulture);
            return pattern.Contains('y') && DateTimeOffset.TryParseExact(
                written, pattern, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _);
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
