using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Gate 9: the local hours in which channels are silent.</summary>
internal sealed class QuietGate
{
    private readonly CivilTime _civil;
    private readonly QuietWindow? _window;
    private readonly TimeZoneInfo[] _zones;
    private readonly TimeZoneInfo[] _own = new TimeZoneInfo[1];

    public QuietGate(CompiledRulebook rulebook, CivilTime civil)
    {
        _civil = civil;
        var policy = rulebook.Definition.Policy;
        if (policy.QuietHours is { } quiet) _window = new(quiet.From, quiet.To, quiet.Days);
        _zones = [.. policy.ZonesConfigured.Select(TimeZoneInfo.FindSystemTimeZoneById)];
    }

    public bool IsQuiet(CompiledChannel channel, UserState user, EventTime at) => channel.IsQuiet && _window!.IsQuiet(at, ZonesOf(user));

    /// <summary>When the quiet ends; null: not before <paramref name="notAfter"/> has passed, or never.</summary>
    public EventTime? EndsAt(UserState user, EventTime at, EventTime notAfter) => _window!.NextAllowed(at, ZonesOf(user), notAfter + 1);

    /// <summary>Where nobody knows the user's zone it is quiet while it is in any of those configured.</summary>
    private ReadOnlySpan<TimeZoneInfo> ZonesOf(UserState user)
    {
        if (_civil.KnownZoneOf(user) is not { } own) return _zones;
        _own[0] = own;
        return _own;
    }
}
