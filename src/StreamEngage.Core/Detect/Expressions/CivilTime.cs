using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Detect.Expressions;

/// <summary>Local days and hours of users. Zones are looked up once by their IANA id; an unknown id counts as the policy's default.</summary>
internal sealed class CivilTime(string defaultZone, int zoneProperty, int deviceProperty)
{
    private const long HourMilliseconds = 3_600_000;
    private const int ZonesMax = 1_024;

    private readonly Dictionary<Utf8Text, TimeZoneInfo?> _zones = [];
    private readonly TimeZoneInfo _default = Find(defaultZone) ?? TimeZoneInfo.Utc;
    private readonly Value _defaultId = Value.Of(defaultZone);

    public static bool IsKnown(string zone) => Find(zone) is not null;

    /// <summary>The zone that the user has set, else the one of the user's device, else the default.</summary>
    public Value ZoneIdOf(UserState user)
    {
        if (user.Attributes is not { } attributes) return _defaultId;
        if (attributes[zoneProperty] is { Kind: ValueKind.Text } own) return own;
        return attributes[deviceProperty] is { Kind: ValueKind.Text } device ? device : _defaultId;
    }

    public int HourOf(UserState user, long at) => Local(user, at).Hour;

    /// <summary>ISO 8601: Monday is 1, Sunday 7.</summary>
    public int WeekdayOf(UserState user, long at) => (int)(Local(user, at).DayOfWeek + 6) % 7 + 1;

    public long NextHour(UserState user, long at)
    {
        var local = Local(user, at);
        return at + HourMilliseconds - (local.Minute * 60_000L + local.Second * 1_000L + local.Millisecond);
    }

    public long StartOfDay(UserState user, long at) => ZoneClock.StartOfDay(ZoneOf(user), at);

    public long StartOfWeek(UserState user, long at) => ZoneClock.StartOfWeek(ZoneOf(user), at);

    public long NextMonday(UserState user, long at) => ZoneClock.NextMonday(ZoneOf(user), at);

    public long NextMidnight(UserState user, long at) => ZoneClock.NextMidnight(ZoneOf(user), at);

    public TimeZoneInfo ZoneOf(UserState user) => KnownZoneOf(user) ?? _default;

    /// <summary>Null for an id that the zone database does not know.</summary>
    public TimeZoneInfo? KnownZoneOf(UserState user)
    {
        var id = ZoneIdOf(user);
        if (id.Text == _defaultId.Text) return _default;
        if (_zones.TryGetValue(id.Text, out var zone)) return zone;
        if (_zones.Count == ZonesMax) _zones.Clear();
        return _zones[id.Text.Detach()] = Find(id.Text.ToString());
    }

    private DateTime Local(UserState user, long at) => ZoneClock.LocalAt(ZoneOf(user), at);

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
