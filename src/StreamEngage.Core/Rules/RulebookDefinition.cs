using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rules;

/// <summary>Everything a rulebook folder says. Immutable; names are unique; what it refers to exists.</summary>
internal sealed record RulebookDefinition
{
    /// <summary>In ordinal order of their names.</summary>
    public IReadOnlyList<TriggerDefinition> Triggers { get; init; } = [];

    /// <summary>In ordinal order of their names.</summary>
    public IReadOnlyList<SegmentDefinition> Segments { get; init; } = [];

    /// <summary>In ordinal order of their names.</summary>
    public IReadOnlyList<ModelDefinition> Models { get; init; } = [];

    /// <summary>The defaults where there is no policy.yaml.</summary>
    public PolicyDefinition Policy { get; init; } = new();

    /// <summary>The event catalogue, or null where there is no events.yaml.</summary>
    public EventCatalogue? Catalogue { get; init; }

    /// <summary>Template texts by name.</summary>
    public IReadOnlyList<TemplateDefinition> Templates { get; init; } = [];
}

/// <summary>Users for whom a condition holds. Edges happen by events and by time passing.</summary>
/// <param name="At">Where it is written.</param>
/// <param name="Name">Unique, kebab-case.</param>
/// <param name="If">The condition of membership; reads windows, <c>user.x</c>, <c>session.x</c> and the clock, no event.</param>
internal sealed record SegmentDefinition(SourcePosition At, string Name, Expression If);

/// <summary>One file of the templates folder.</summary>
/// <param name="At">The file.</param>
/// <param name="Name">File name without its ending.</param>
/// <param name="Text">The text with its placeholders.</param>
internal sealed record TemplateDefinition(SourcePosition At, string Name, string Text);

/// <summary>The event types a deployment knows and the type of each of their properties.</summary>
internal sealed record EventCatalogue(IReadOnlyDictionary<string, IReadOnlyDictionary<string, Expressions.ValueType>> Types);

/// <summary>The policy of a deployment; what the file leaves out has the defaults below.</summary>
internal sealed record PolicyDefinition
{
    /// <summary>IANA zone of users who have none; default UTC.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Property of behavior events that names the zone the user's device is in; null: none does.</summary>
    public string? DeviceZone { get; init; }

    /// <summary>Further zones that users live in: while a user's own is unknown, it is quiet for the user when it is in one of them.</summary>
    public IReadOnlyList<string> OtherZones { get; init; } = [];

    /// <summary>The default zone and the further ones.</summary>
    public IEnumerable<string> ZonesConfigured => OtherZones.Prepend(TimeZone).Distinct();

    /// <summary>Share of all users, 0 to 1, never prompted.</summary>
    public double GlobalHoldout { get; init; }

    /// <summary>When nobody is disturbed; null: no such hours.</summary>
    public QuietHours? QuietHours { get; init; }

    /// <summary>All apply.</summary>
    public IReadOnlyList<CapDefinition> Caps { get; init; } = [];

    /// <summary>Topic of each channel.</summary>
    public IReadOnlyDictionary<string, string> Channels { get; init; } = new Dictionary<string, string>();

    /// <summary>True unless the file says <c>consent: {default: denied}</c>.</summary>
    public bool ConsentGrantedByDefault { get; init; } = true;

    /// <summary>How often decisions see what came of earlier ones, in milliseconds of the source's clock. Default 1 min.</summary>
    public long StatisticsMilliseconds { get; init; } = 60_000;

    /// <summary>What happens to triggers that do harm.</summary>
    public HarmPolicy Harm { get; init; } = new(Pause: false, Alpha: 0.05);

    /// <summary>When a user is of which stage.</summary>
    public LifecyclePolicy Lifecycle { get; init; } = new();

    /// <summary>What recency, frequency and monetary value are read of.</summary>
    public RfmPolicy Rfm { get; init; } = new();

    /// <summary>How event time is kept.</summary>
    public TimePolicy Time { get; init; } = new();

    /// <summary>Where each value is written, by its path: <c>caps[0].channel</c>. Empty when there is no file.</summary>
    public IReadOnlyDictionary<string, SourcePosition> Places { get; init; } = new Dictionary<string, SourcePosition>();
}

/// <summary>What happens to triggers whose prompts bring fewer conversions than none would.</summary>
/// <param name="Pause">They are paused once that is certain, unless a trigger says otherwise.</param>
/// <param name="Alpha">With how much probability a harmless trigger may ever be paused, in (0, 1).</param>
internal sealed record HarmPolicy(bool Pause, double Alpha);

/// <summary>How event time is kept: all in milliseconds.</summary>
internal sealed record TimePolicy
{
    /// <summary>How long an event id is remembered: an id seen exactly this long before the clock is forgotten. Default 24 h; 0 turns it off.</summary>
    public long DedupMilliseconds { get; init; } = 86_400_000;

    /// <summary>A late event exactly this much older than the clock is too late. Default 10 min.</summary>
    public long LatenessMilliseconds { get; init; } = 600_000;

    /// <summary>How long events are held to be put in order. Default 0: arrival order.</summary>
    public long DisorderMilliseconds { get; init; }

    /// <summary>A gap longer than this ends a session. Default 30 min.</summary>
    public long SessionGapMilliseconds { get; init; } = 1_800_000;

    /// <summary>No session is longer. Default 24 h.</summary>
    public long SessionMaxMilliseconds { get; init; } = 86_400_000;

    /// <summary>A timer that fires more than this after its due time is a misfire. Default 60 s.</summary>
    public long MisfireAfterMilliseconds { get; init; } = 60_000;

    /// <summary>An event later than its ingest time by more than this is from the future. Default 5 min.</summary>
    public long FutureMilliseconds { get; init; } = 300_000;
}

/// <summary>Local hours in which channels are silent: <c>[From, To)</c>, may wrap midnight.</summary>
/// <param name="From">From 00:00 to before 24:00.</param>
/// <param name="To">Up to 24:00; not after <paramref name="From"/>: on the next day.</param>
/// <param name="Channels">Empty: all of them.</param>
internal sealed record QuietHours(TimeSpan From, TimeSpan To, IReadOnlyList<string> Channels)
{
    /// <summary>The days on which the hours begin.</summary>
    public Weekdays Days { get; init; } = Weekdays.Every;
}

/// <summary>Days of the week.</summary>
[Flags]
internal enum Weekdays : byte
{
    None = 0,
    Monday = 1,
    Tuesday = 2,
    Wednesday = 4,
    Thursday = 8,
    Friday = 16,
    Saturday = 32,
    Sunday = 64,
    Every = 127,
}

/// <summary>A frequency cap: a number of prompts in a rolling time or a calendar unit.</summary>
internal sealed record CapDefinition(int Limit, long? PerMilliseconds, string? PerUnit, string? Channel, string? Category)
{
    /// <summary>As a person would say it.</summary>
    public override string ToString() => string.Concat(
        $"{Limit} per {(PerMilliseconds is { } per ? Expressions.DurationText.Format(per) : PerUnit)}",
        Channel is null ? "" : $" on {Channel}",
        Category is null ? "" : $" of {Category}");
}
