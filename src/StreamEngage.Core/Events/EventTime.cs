namespace StreamEngage.Events;

/// <summary>An instant: UTC milliseconds since 1970-01-01T00:00:00Z. May be negative; ordered; never a wall-clock reading.</summary>
/// <param name="UnixMilliseconds">Whole milliseconds since the epoch.</param>
public readonly record struct EventTime(long UnixMilliseconds) : IComparable<EventTime>
{
    /// <summary>The instant before every other: where a clock stands before its first event.</summary>
    public static readonly EventTime Beginning = new(long.MinValue / 4);

    /// <summary>Elapsed milliseconds from <paramref name="from"/> to <paramref name="to"/>; negative when it is later.</summary>
    public static long operator -(EventTime to, EventTime from) => to.UnixMilliseconds - from.UnixMilliseconds;

    /// <summary>The instant <paramref name="milliseconds"/> later.</summary>
    public static EventTime operator +(EventTime at, long milliseconds) => new(at.UnixMilliseconds + milliseconds);

    /// <summary>The instant <paramref name="milliseconds"/> earlier.</summary>
    public static EventTime operator -(EventTime at, long milliseconds) => new(at.UnixMilliseconds - milliseconds);

    /// <summary>True when the left instant is earlier.</summary>
    public static bool operator <(EventTime a, EventTime b) => a.UnixMilliseconds < b.UnixMilliseconds;

    /// <summary>True when the left instant is later.</summary>
    public static bool operator >(EventTime a, EventTime b) => a.UnixMilliseconds > b.UnixMilliseconds;

    /// <summary>True when the left instant is not later.</summary>
    public static bool operator <=(EventTime a, EventTime b) => a.UnixMilliseconds <= b.UnixMilliseconds;

    /// <summary>True when the left instant is not earlier.</summary>
    public static bool operator >=(EventTime a, EventTime b) => a.UnixMilliseconds >= b.UnixMilliseconds;

    /// <summary>The later of two instants.</summary>
    public static EventTime Max(EventTime a, EventTime b) => a >= b ? a : b;

    /// <inheritdoc/>
    public int CompareTo(EventTime other) => UnixMilliseconds.CompareTo(other.UnixMilliseconds);

    /// <summary>ISO 8601 in UTC with milliseconds, or the raw number outside the years 1 to 9999.</summary>
    public override string ToString() =>
        UnixMilliseconds is > -62_135_596_800_000 and < 253_402_300_800_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(UnixMilliseconds)
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", System.Globalization.CultureInfo.InvariantCulture)
            : UnixMilliseconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
