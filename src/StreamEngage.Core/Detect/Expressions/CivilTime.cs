using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect.Expressions;

/// <summary>Local days and hours of users. Zones are looked up once by their IANA id; an unknown id counts as the policy's default.</summary>
internal sealed class CivilTime(string defaultZone, int zoneProperty)
{
    private const long HourMilliseconds = 3_600_000;
    private const int ZonesMax = 1_024;

    private readonly Dictionary<Utf8Text, TimeZoneInfo> _zones = [];
    private readonly TimeZoneInfo _default = Find(defaultZone) ?? TimeZoneInfo.Utc;
    private readonly Value _defaultId = Value.Of(defaultZone);

    public static bool IsKnown(string zone) => Find(zone) is not null;

    public Value ZoneIdOf(UserState user, int property) =>
        user.Attributes is { } attributes && attributes[property] is { Kind: ValueKind.Text } zone ? zone : _defaultId;

    public int HourOf(UserState user, long at) => Local(user, at).Hour;

    /// <summary>ISO 8601: Monday is 1, Sunday 7.</summary>
    public int WeekdayOf(UserState user, long at) => (int)(Local(user, at).DayOfWeek + 6) % 7 + 1;

    public long NextHour(UserState user, long at)
    {
        var local = Local(user, at);
        return at + HourMilliseconds - (local.Minute * 60_000L + local.Second * 1_000L + local.Millisecond);
    }

    public long StartOfDay(UserState user, long at) => Start(ZoneOf(user), Local(user, at).Date);

    public long StartOfWeek(UserState user, long at) => Start(ZoneOf(user), Monday(user, at));

    public long NextMonday(UserState user, long at) => Start(ZoneOf(user), Monday(user, at).AddDays(7));

    public long NextMidnight(UserState user, long at) => Start(ZoneOf(user), Local(user, at).Date.AddDays(1));

    private DateTime Monday(UserState user, long at)
    {
        var day = Local(user, at).Date;
        return day.AddDays(-(((int)day.DayOfWeek + 6) % 7));
    }

    private static DateTime Utc(long at) => DateTime.UnixEpoch.AddMilliseconds(at);

    /// <summary>A midnight that does not exist is the first instant after the gap; one that exists twice is the first.</summary>
    private static long Start(TimeZoneInfo zone, DateTime day)
    {
        var unspecified = DateTime.SpecifyKind(day, DateTimeKind.Unspecified);
        while (zone.IsInvalidTime(unspecified)) unspecified = unspecified.AddMinutes(15);
        var offset = zone.IsAmbiguousTime(unspecified)
            ? zone.GetAmbiguousTimeOffsets(unspecified).Max()
            : zone.GetUtcOffset(unspecified);
        return (long)(unspecified - DateTime.UnixEpoch - offset).TotalMilliseconds;
    }

    private DateTime Local(UserState user, long at)
    {
        var utc = Utc(at);
        return utc + ZoneOf(user).GetUtcOffset(utc);
    }

    private TimeZoneInfo ZoneOf(UserState user)
    {
        var id = ZoneIdOf(user, zoneProperty);
        if (id.Text == _defaultId.Text) return _default;
        if (_zones.TryGetValue(id.Text, out var zone)) return zone;
        if (_zones.Count == ZonesMax) _zones.Clear();
        return _zones[id.Text.Detach()] = Find(id.Text.ToString()) ?? _default;
    }

    private static TimeZoneInfo? Find(string id) => TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) ? zone : null;
}

/// <summary><c>local_hour()</c>, 0 to 23, or <c>local_weekday()</c>, 1 (Monday) to 7, in the user's zone.</summary>
internal sealed class LocalTime(bool weekday) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) =>
        Value.Of(weekday ? scope.Civil.WeekdayOf(scope.User, scope.At) : scope.Civil.HourOf(scope.User, scope.At));

    public override long NextChange(in Scope scope) =>
        weekday ? scope.Civil.NextMidnight(scope.User, scope.At) : scope.Civil.NextHour(scope.User, scope.At);
}
