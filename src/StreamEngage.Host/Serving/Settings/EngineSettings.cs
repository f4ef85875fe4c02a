using System.Globalization;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>What moves the clock of a lane.</summary>
internal enum ClockSource
{
    /// <summary>The wall clock, on lanes that are caught up.</summary>
    Live,

    /// <summary>The records alone: recorded input is played as it was.</summary>
    Records,
}

/// <summary>Section <c>engine</c>.</summary>
internal sealed record EngineSettings
{
    /// <summary>Folder of the rulebook, relative to the settings file.</summary>
    public string Rules { get; init; } = "";

    /// <summary>Most events of a step: bigger ones stall Redis for longer.</summary>
    public int BatchSize { get; init; } = 200;

    /// <summary>Time between two looks at what is due.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time between two publications while prompts wait; null: what suits the delivery, <see cref="ServeSettings.PublishInterval"/>.</summary>
    public TimeSpan? PublishInterval { get; init; }

    /// <summary>Users held in memory, over all lanes.</summary>
    public int CachedUsers { get; init; } = 200_000;

    public OutboxSettings Outbox { get; init; } = new();

    public QuarantineSettings Quarantine { get; init; } = new();

    public UserRateSettings UserRate { get; init; } = new();

    public ClockSource Time { get; init; } = ClockSource.Live;

    /// <summary>Prompts in any minute that open the breaker of this instance; 0: no breaker.</summary>
    public int PromptsPerMinuteMax { get; init; } = 60_000;

    public IEnumerable<string> Problems()
    {
        if (Rules.Length == 0) yield return "engine.rules must name the folder of the rulebook";
        else if (!Directory.Exists(Rules)) yield return $"engine.rules: there is no folder '{Rules}'; name the folder that holds the rulebook";
        if (BatchSize is < 1 or > Limits.BatchEventsMax) yield return $"engine.batch_size must be 1 to {Limits.BatchEventsMax}, was {BatchSize}";
        if (!IsWithin(Tick, 10, 10_000)) yield return $"engine.tick must be 10ms to 10s, was {Shown(Tick)}";
        if (PublishInterval is { } publish && !IsWithin(publish, 5, 5_000)) yield return $"engine.publish_interval must be 5ms to 5s, was {Shown(publish)}";
        if (CachedUsers < BatchSize || CachedUsers > ServeLimits.CachedUsersMax)
            yield return $"engine.cached_users must be engine.batch_size ({BatchSize}) to {ServeLimits.CachedUsersMax}, was {CachedUsers}";
        if (PromptsPerMinuteMax < 0) yield return $"engine.prompts_per_minute_max must be 0 (no breaker) or more, was {PromptsPerMinuteMax}";
        foreach (var problem in Outbox.Problems().Concat(Quarantine.Problems()).Concat(UserRate.Problems())) yield return problem;
    }

    private static bool IsWithin(TimeSpan time, int least, int most) => time.TotalMilliseconds >= least && time.TotalMilliseconds <= most;

    private static string Shown(TimeSpan time) => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds}ms");
}

/// <summary>When a lane stops reading because its prompts do not leave, and when it goes on.</summary>
internal sealed record OutboxSettings
{
    /// <summary>Prompts waiting in a lane at which its input pauses.</summary>
    public int PauseAt { get; init; } = 10_000;

    /// <summary>Prompts waiting at which it goes on. The room between the two keeps it from flapping.</summary>
    public int ResumeAt { get; init; } = 5_000;

    public IEnumerable<string> Problems()
    {
        if (PauseAt is < 1 or > ServeLimits.OutboxMax) yield return $"engine.outbox.pause_at must be 1 to {ServeLimits.OutboxMax}, was {PauseAt}";
        if (ResumeAt < 0 || ResumeAt >= PauseAt)
            yield return $"engine.outbox.resume_at must be 0 to less than engine.outbox.pause_at ({PauseAt}), was {ResumeAt}";
    }
}

/// <summary>What one user may send before it is passed over, so that the others of the lane do not wait behind it. Not where records move the clock.</summary>
internal sealed record UserRateSettings
{
    /// <summary>For how long it lasts, by the broker's time; 0: anything.</summary>
    public int EventsPerSecond { get; init; } = 100;

    /// <summary>At once.</summary>
    public int Burst { get; init; } = 5_000;

    public IEnumerable<string> Problems()
    {
        if (EventsPerSecond is < 0 or > ServeLimits.UserEventsPerSecondMax)
            yield return $"engine.user_rate.events_per_second must be 0 (no bound) to {ServeLimits.UserEventsPerSecondMax}, was {EventsPerSecond}";
        if (Burst is < 1 or > ServeLimits.UserBurstMax) yield return $"engine.user_rate.burst must be 1 to {ServeLimits.UserBurstMax}, was {Burst}";
    }
}

/// <summary>When a lane stands still because of what it reads.</summary>
internal sealed record QuarantineSettings
{
    /// <summary>Share of a minute's records that may be refused; more park the lane. 1: any.</summary>
    public double ShareMax { get; init; } = 0.2;

    /// <summary>Records of a minute below which no share parks the lane.</summary>
    public int RecordsMin { get; init; } = 100;

    public IEnumerable<string> Problems()
    {
        if (ShareMax is not (>= 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"engine.quarantine.share_max must be 0 to 1, was {ShareMax}");
        if (RecordsMin < 1) yield return $"engine.quarantine.records_min must be 1 or more, was {RecordsMin}";
    }
}
