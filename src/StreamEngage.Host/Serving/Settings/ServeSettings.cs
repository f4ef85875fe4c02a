using StreamEngage.Kafka;
using StreamEngage.Redis;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>The settings file of <c>serve</c>: one record a section. Keys are the properties' names in snake_case.</summary>
internal sealed record ServeSettings
{
    public required KafkaSettings Kafka { get; init; }

    public RedisSettings Redis { get; init; } = new();

    public EngineSettings Engine { get; init; } = new();

    public AdminSettings Admin { get; init; } = new();

    public ObserveSettings Observe { get; init; } = new();

    /// <summary>
    /// Time between two publications while prompts wait. Unless it is written, 75 ms where each costs a transaction, which is better shared by many prompts;
    /// 5 ms where it costs none. A publication under way is waited for, so under load each takes what came meanwhile.
    /// </summary>
    public TimeSpan PublishInterval =>
        Engine.PublishInterval ?? TimeSpan.FromMilliseconds(Kafka.Delivery == Delivery.ExactlyOnce ? 75 : 5);

    /// <summary>With what follows from other settings written out.</summary>
    public ServeSettings InForce() => this with { Engine = Engine with { PublishInterval = PublishInterval } };

    /// <summary>Everything wrong, each beginning with the path it is about.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (var problem in Kafka.Problems().Concat(Redis.Problems()).Concat(Engine.Problems()).Concat(Admin.Problems()).Concat(Observe.Problems()))
            yield return problem;
        if (Admin.IsOpen && Admin.Port == Observe.Port)
            yield return $"admin.port must not be observe.port ({Observe.Port}): what everybody may read and what changes things stay apart";
    }
}

/// <summary>Bounds of serving.</summary>
internal static class ServeLimits
{
    /// <summary>Bytes of the settings file, and of a secret's file.</summary>
    public const int SettingsBytesMax = 1 << 18;

    /// <summary>Characters of a token or key: 16 random bytes in hex.</summary>
    public const int TokenCharsMin = 32;

    /// <summary>Users one instance can hold: some 100 GB.</summary>
    public const int CachedUsersMax = 100_000_000;

    /// <summary>Prompts one lane's outbox can hold: it is loaded whole when the lane is taken over.</summary>
    public const int OutboxMax = 100_000;

    /// <summary>Events of one user a second, and at once: more is no bound.</summary>
    public const int UserEventsPerSecondMax = 100_000, UserBurstMax = 1_000_000;

    /// <summary>Series of one instrument; what comes after them is counted together.</summary>
    public const int SeriesMax = 2_000;

    /// <summary>Bytes of a request to the admin port: a rulebook.</summary>
    public const int AdminBodyBytesMax = 8 << 20;

    /// <summary>
    /// Records of a lane that the admin port reads to explain a decision: the lane's users stand in the memory of the process that serves. The verb reads more.
    /// </summary>
    public const long ExplainRecordsMax = 2_000_000;

    /// <summary>Connections to one port at a time.</summary>
    public const int ConnectionsMax = 100;

    /// <summary>A loop that has not turned for so long does not live.</summary>
    public static readonly TimeSpan PulseAgeMax = TimeSpan.FromSeconds(30);

    /// <summary>From the first signal to the exit, whatever is still under way.</summary>
    public static readonly TimeSpan StopMax = TimeSpan.FromSeconds(5);
}
