namespace StreamEngage.Decide;

/// <summary>
/// The minutes around one change of a zone's offset, each with what a clock there reads: the oracle of local time. Nothing but the zone's offset at an
/// instant goes into it, and borders are found by walking.
/// </summary>
internal sealed class ZoneWalk
{
    public const long Minute = 60_000;
    private const int MinutesBefore = 72 * 60;
    private const int MinutesAfter = 60 * 60;

    /// <summary>Where answers are compared: windows that began before the walk are over by then.</summary>
    public const int First = MinutesBefore - (30 * 60), Last = MinutesBefore + (30 * 60), Change = MinutesBefore;

    private static readonly DateTime From = new(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc), Until = new(2041, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    // Every name of the database, aliases too: those without a place, such as CET, are not among the system's own list.
    private const string Database = "/usr/share/zoneinfo/tzdata.zi";

    private static readonly Lazy<List<TimeZoneInfo>> _zones = new(() => [.. Names().Select(TimeZoneInfo.FindSystemTimeZoneById)]);

    // Names whose clocks have shown the same all the time are walked once.
    private static readonly Lazy<List<(TimeZoneInfo Zone, DateTime At)>> _changes = new(() =>
    [
        .. _zones.Value.Select(zone => (Zone: zone, Changes: ChangesOf(zone).ToList()))
            .DistinctBy(one => string.Join(',', one.Changes.Prepend(From).Select(at => $"{at.Ticks}{one.Zone.GetUtcOffset(at)}")))
            .SelectMany(one => one.Changes.Select(change => (one.Zone, change))),
    ]);

    private readonly DateTime[] _readings = new DateTime[MinutesBefore + MinutesAfter];

    private ZoneWalk(TimeZoneInfo zone, DateTime change)
    {
        (Zone, Start) = (zone, change.AddMinutes(-MinutesBefore));
        for (var minute = 0; minute < _readings.Length; minute += 30) Read(minute);
    }

    public TimeZoneInfo Zone { get; }

    public DateTime Start { get; }

    public int Minutes => _readings.Length;

    public long At(int minute) => ((Start - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond) + (minute * Minute);

    public DateTime Reading(int minute) => _readings[minute];

    /// <summary>Two walks with the same shape differ in their dates only.</summary>
    public (TimeSpan, DayOfWeek, TimeSpan, TimeSpan) Shape =>
        (_readings[Change].TimeOfDay, _readings[Change].DayOfWeek, OffsetAt(Change - 1), OffsetAt(Change));

    public static int ZonesCount => _zones.Value.Count;

    /// <summary>One a change, from 2015 to 2040, of every zone whose clocks are not those of another one.</summary>
    public static IEnumerable<ZoneWalk> All => _changes.Value.Select(change => new ZoneWalk(change.Zone, change.At));

    /// <summary>The first minute that reads <paramref name="local"/>, or as far into the gap as it stands; null outside the walk.</summary>
    public int? MinuteOf(DateTime local)
    {
        for (var minute = Math.Max(1, (int)(local - _readings[0]).TotalMinutes - 180); minute < _readings.Length; minute++)
        {
            if (_readings[minute] == local) return minute;
            if (_readings[minute - 1] < local && local < _readings[minute]) return minute - 1 + (int)(local - _readings[minute - 1]).TotalMinutes;
        }
        return null;
    }

    /// <summary>Which minutes are quiet.</summary>
    public bool[] Quiet(QuietWindow window)
    {
        var quiet = new bool[_readings.Length];
        for (var day = _readings[0].Date; day <= _readings[^1].Date; day = day.AddDays(1))
        {
            if (((int)window.Starts >> (((int)day.DayOfWeek + 6) % 7) & 1) == 0 || window.From == window.To) continue;
            if (MinuteOf(day + window.From) is not { } start) continue;
            var end = MinuteOf((window.To > window.From ? day : day.AddDays(1)) + window.To) ?? _readings.Length;
            for (var minute = start; minute < end; minute++) quiet[minute] = true;
        }
        return quiet;
    }

    private static IEnumerable<string> Names() => File.Exists(Database)
        ? File.ReadLines(Database).Select(line => line.Split(' ')).Where(words => words[0] is "Z" or "L").Select(words => words[0] == "Z" ? words[1] : words[2])
        : TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId).Select(zone => zone.Id);

    private TimeSpan OffsetAt(int minute) => _readings[minute] - Start.AddMinutes(minute);

    private void Read(int from)
    {
        var (first, last) = (Start.AddMinutes(from), Start.AddMinutes(from + 29));
        var isSteady = Zone.GetUtcOffset(first) == Zone.GetUtcOffset(last);
        for (var minute = from; minute < from + 30; minute++)
        {
            var utc = Start.AddMinutes(minute);
            _readings[minute] = DateTime.SpecifyKind(utc + Zone.GetUtcOffset(isSteady ? first : utc), DateTimeKind.Unspecified);
        }
    }

    private static IEnumerable<DateTime> ChangesOf(TimeZoneInfo zone)
    {
        var before = zone.GetUtcOffset(From);
        for (var day = From; day < Until; day = day.AddDays(1))
        {
            var after = zone.GetUtcOffset(day.AddDays(1));
            if (before != after) yield return ChangeWithin(zone, day);
            before = after;
        }
    }

    private static DateTime ChangeWithin(TimeZoneInfo zone, DateTime day)
    {
        var before = zone.GetUtcOffset(day);
        var (low, high) = (0, 1440);
        while (high - low > 1)
        {
            var middle = (low + high) / 2;
            if (zone.GetUtcOffset(day.AddMinutes(middle)) == before) low = middle;
            else high = middle;
        }
        return day.AddMinutes(high);
    }
}
