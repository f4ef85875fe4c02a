using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Decide;

/// <summary>
/// Hours of local time in which nobody is prompted, <c>[From, To)</c>. Where <c>To</c> is earlier the window ends on the next day.
/// Equal ends are an empty window; 00:00 to 24:00 is the whole day. A window belongs to the weekday on which it starts.
/// </summary>
/// <remarks>
/// A window is a stretch of time between two instants, not a reading of the clock: it begins at the first instant that reads <c>From</c> and ends at the
/// first that reads <c>To</c>, so an hour that is repeated after its end is not quiet again. A border that does not exist moves forward by the gap.
/// </remarks>
internal sealed class QuietWindow
{
    // A window that starts every week has shown all it can do after eight days; what is quiet until then is quiet for good.
    private const long HorizonMilliseconds = 8 * 86_400_000L;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // Longer than a window and the longest change of an offset together.
    private static readonly TimeSpan Near = TimeSpan.FromHours(52);

    /// <summary>The window; an argument outside 00:00 to 24:00, or a start at 24:00, throws.</summary>
    public QuietWindow(TimeSpan from, TimeSpan to, Weekdays starts = Weekdays.Every)
    {
        if (from < TimeSpan.Zero || from >= Day) throw new ArgumentOutOfRangeException(nameof(from), from, "from 00:00 to before 24:00");
        if (to < TimeSpan.Zero || to > Day) throw new ArgumentOutOfRangeException(nameof(to), to, "from 00:00 to 24:00");
        (From, To, Starts) = (from, to, starts);
    }

    public TimeSpan From { get; }

    public TimeSpan To { get; }

    public Weekdays Starts { get; }

    public bool IsQuiet(EventTime at, TimeZoneInfo zone) => Reads(at.UnixMilliseconds, zone) ?? EndAfter(at.UnixMilliseconds, zone) is not null;

    /// <summary>What the clock on the wall says; null where the zone's offset changes so near that a window may be cut or stretched.</summary>
    private bool? Reads(long at, TimeZoneInfo zone)
    {
        var utc = DateTime.UnixEpoch.AddMilliseconds(at);
        var offset = zone.GetUtcOffset(utc);
        if (zone.GetUtcOffset(utc - Near) != offset || zone.GetUtcOffset(utc + Near) != offset) return null;
        var local = utc + offset;
        var (time, startsToday) = (local.TimeOfDay, (Starts & WeekdayOf(local)) != 0);
        if (From < To) return startsToday && time >= From && time < To;
        if (From == To) return false;
        return (time >= From && startsToday) || (time < To && (Starts & WeekdayOf(local.AddDays(-1))) != 0);
    }

    /// <summary>True when it is quiet in one of the zones: for a user whose own zone nobody knows.</summary>
    public bool IsQuiet(EventTime at, ReadOnlySpan<TimeZoneInfo> zones)
    {
        foreach (var zone in zones)
            if (IsQuiet(at, zone)) return true;
        return false;
    }

    /// <inheritdoc cref="NextAllowed(EventTime, ReadOnlySpan{TimeZoneInfo}, EventTime)"/>
    public EventTime? NextAllowed(EventTime at, TimeZoneInfo zone, EventTime notAfter) => NextAllowed(at, [zone], notAfter);

    /// <summary>
    /// The first instant at or after <paramref name="at"/> that is quiet in none of the zones. Null when it is not before
    /// <paramref name="notAfter"/>, or when there is none.
    /// </summary>
    public EventTime? NextAllowed(EventTime at, ReadOnlySpan<TimeZoneInfo> zones, EventTime notAfter)
    {
        var limit = Math.Min(notAfter.UnixMilliseconds, at.UnixMilliseconds + HorizonMilliseconds);
        var next = at.UnixMilliseconds;
        while (next < limit)
        {
            if (LatestEnd(next, zones) is not { } end) return new(next);
            next = end;
        }
        return null;
    }

    private long? LatestEnd(long at, ReadOnlySpan<TimeZoneInfo> zones)
    {
        long? latest = null;
        foreach (var zone in zones)
            if (EndAfter(at, zone) is { } end && !(latest >= end)) latest = end;
        return latest;
    }

    /// <summary>When the window that contains <paramref name="at"/> ends, or null outside every window.</summary>
    private long? EndAfter(long at, TimeZoneInfo zone)
    {
        if (From == To) return null;
        var reading = ZoneClock.LocalAt(zone, at);
        long? latest = null;
        // Tomorrow's too: clocks set back over midnight read today again after tomorrow has begun. And the day before yesterday's, where a day
        // was skipped.
        for (var day = -2; day <= 1; day++)
            if (EndOf(reading.Date.AddDays(day), reading, at, zone) is { } end && !(latest >= end)) latest = end;
        return latest;
    }

    private long? EndOf(DateTime day, DateTime reading, long at, TimeZoneInfo zone)
    {
        var (from, to) = (day + From, To > From ? day + To : day.AddDays(1) + To);
        // No change of a clock moves it by more than a day, so what is farther away by its readings needs no closer look.
        if (from - reading > Day || reading - to > Day || (Starts & WeekdayOf(day)) == 0) return null;
        if (ZoneClock.InstantOf(zone, from) > at) return null;
        var end = ZoneClock.InstantOf(zone, to);
        return at < end ? end : null;
    }

    private static Weekdays WeekdayOf(DateTime day) => (Weekdays)(1 << (((int)day.DayOfWeek + 6) % 7));
}
