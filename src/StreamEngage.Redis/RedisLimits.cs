namespace StreamEngage.Redis;

/// <summary>Bounds of this project, with their reasons.</summary>
internal static class RedisLimits
{
    /// <summary>Characters of the prefix: it stands in every key of every user.</summary>
    public const int PrefixCharsMax = 32;

    /// <summary>Servers named in the settings; of a cluster the others are found.</summary>
    public const int AddressesMax = 64;

    /// <summary>Lanes of a deployment: more would have to share slots.</summary>
    public const int LanesMax = KeySlot.Slots;

    /// <summary>The oldest Redis whose commands the scripts use.</summary>
    public const int VersionMin = 5;

    /// <summary>Seconds that the test at start may take in all.</summary>
    public const int SelfTestSeconds = 10;

    /// <summary>Least milliseconds between two questions to the sentinels, and between two attempts to reconnect.</summary>
    public const int ReconnectMilliseconds = 1_000;

    /// <summary>Most milliseconds between two attempts to reconnect.</summary>
    public const int ReconnectMillisecondsMax = 5_000;

    /// <summary>Seconds of silence after which a connection is tried: a peer that vanished says nothing.</summary>
    public const int KeepAliveSeconds = 5;

    /// <summary>Seconds between looks at who is master.</summary>
    public const int RoleCheckSeconds = 5;

    /// <summary>Longest wait that a setting may ask for.</summary>
    public static TimeSpan TimeoutMax { get; } = TimeSpan.FromMinutes(1);

    /// <summary>The shortest time a user's record may be kept: a shorter one would forget people who are only asleep.</summary>
    public static TimeSpan TimeToLiveMin { get; } = TimeSpan.FromHours(1);
}
