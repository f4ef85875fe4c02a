namespace StreamEngage.Detect.Expressions;

/// <summary>
/// Between instants and the local times of a zone. Only the offset in force at an instant is asked of the zone, never which local times it calls
/// invalid or ambiguous: that leaves out zones that moved their standard time.
/// </summary>
/// <remarks>A local time that does not exist moves forward by the gap; one that exists twice means the first.</remarks>
internal static class ZoneClock
{
    // No offset is outside [-14 h, +14 h], so the instant of a local time is within these of the same reading in UTC, and a change of
    // offset that matters to it lies between.
    private static readonly TimeSpan Reach = TimeSpan.FromHours(14);

    public static DateTime LocalAt(TimeZoneInfo zone, long at)
    {
        var utc = DateTime.UnixEpoch.AddTicks(at * TimeSpan.TicksPerMillisecond);
        return DateTime.SpecifyKind(utc + zone.GetUtcOffset(utc), DateTimeKind.Unspecified);
    }

    public static long InstantOf(TimeZoneInfo zone, DateTime local)
    {
        var reading = DateTime.SpecifyKind(local, DateTimeKind.Utc);
        var (before, after) = (zone.GetUtcOffset(reading - Reach), zone.GetUtcOffset(reading + Reach));
        var (less, more) = before < after ? (before, after) : (after, before);
        // The earlier reading wins where it is one. Where neither is, the later one is what the clock before the gap would have come to.
        var isEarlier = less == more || zone.GetUtcOffset(reading - more) == more;
        return (reading - DateTime.UnixEpoch - (isEarlier ? more : less)).Ticks / TimeSpan.TicksPerMillisecond;
    }

    /// <summary>The first instant of the local day that contains <paramref name="at"/>.</summary>
    public static long StartOfDay(TimeZoneInfo zone, long at) => InstantOf(zone, LocalAt(zone, at).Date);

    /// <summary>The first instant of the local week, which begins on Monday.</summary>
    public static long StartOfWeek(TimeZoneInfo zone, long at) => InstantOf(zone, Monday(zone, at));

    public static long NextMidnight(TimeZoneInfo zone, long at) => InstantOf(zone, LocalAt(zone, at).Date.AddDays(1));

    public static long NextMonday(TimeZoneInfo zone, long at) => InstantOf(zone, Monday(zone, at).AddDays(7));

    private static DateTime Monday(TimeZoneInfo zone, long at)
    {
        var day = LocalAt(zone, at).Date;
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }
}
