using System.Net;

namespace StreamEngage.Redis;

/// <summary>How the store of lanes is reached and what it is asked to guarantee. Checked as a whole at start.</summary>
internal sealed record RedisSettings
{
    // The client library reads options as a comma-separated text.
    private const string NotInUsers = ",=\"";

    /// <summary><c>host:port</c> of a server, of some nodes of a cluster, or of the sentinels; the port may be left out.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = ["127.0.0.1:6379"];

    public bool Tls { get; init; }

    /// <summary>File with the certificates (PEM) to trust instead of the system's. There is no way to switch verification off.</summary>
    public string? TlsCaFile { get; init; }

    /// <summary>ACL user; null: the default user.</summary>
    public string? User { get; init; }

    public string? Password { get; init; }

    public int Database { get; init; }

    /// <summary>Name of the master that the sentinels watch; null: the addresses are servers.</summary>
    public string? SentinelMaster { get; init; }

    public string? SentinelPassword { get; init; }

    /// <summary>Name of the deployment: deployments with different prefixes share a Redis without meeting.</summary>
    public string Prefix { get; init; } = "se";

    /// <summary>How long the record of a user is kept who has nothing due and does not come back; null: for ever. Counted from the last write.</summary>
    public TimeSpan? TimeToLive { get; init; }

    /// <summary>Replicas that must have a step before it counts as written; 0: none.</summary>
    public int WaitReplicas { get; init; }

    /// <summary>How long they are waited for.</summary>
    public int WaitMilliseconds { get; init; } = 500;

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long an answer is waited for.</summary>
    public TimeSpan CommandTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Refuse to start on a server that neither writes an append-only file nor has a replica; false: only warn.</summary>
    public bool RequirePersistence { get; init; }

    /// <summary>One sentence a mistake, each beginning with the setting's path.</summary>
    public IEnumerable<string> Problems() => [.. AddressProblems(), .. LoginProblems(), .. NameProblems(), .. WaitProblems()];

    /// <summary>Without the secrets.</summary>
    public override string ToString() => $"redis at {string.Join(", ", Addresses)}, database {Database}, prefix {Prefix}";

    private IEnumerable<string> AddressProblems()
    {
        if (Addresses.Count is 0 or > RedisLimits.AddressesMax)
            yield return $"redis.addresses must name 1 to {RedisLimits.AddressesMax} servers, names {Addresses.Count}.";
        foreach (var address in Addresses)
            if (EndPointOf(address, 0) is null) yield return $"redis.addresses: '{address}' is not host:port.";
        if (TlsCaFile is not null && !Tls) yield return "redis.tls_ca_file is given, but redis.tls is off.";
        if (TlsCaFile is { } file && !File.Exists(file)) yield return $"redis.tls_ca_file: there is no file '{file}'.";
        if (SentinelMaster is { Length: 0 }) yield return "redis.sentinel_master is empty; leave it out where there are no sentinels.";
        if (SentinelPassword is not null && SentinelMaster is null) yield return "redis.sentinel_password is given, but no redis.sentinel_master.";
    }

    private IEnumerable<string> LoginProblems()
    {
        if (User is not null && Password is null) yield return "redis.user is given, but no redis.password.";
        if (User is { Length: 0 } || User?.Any(c => c <= ' ' || NotInUsers.Contains(c)) == true)
            yield return "redis.user must be a name without blanks, commas, quotes and equals signs.";
        else if (User is { } user && !RedisClient.CanLogInAs(user))
            yield return $"redis.user: the Redis client of this build can only log in as the default user, not as '{user}'. "
                + "Remedy: leave it out and limit the default user (deploy/redis/README.md), or build with StackExchange.Redis 2 or newer.";
    }

    private IEnumerable<string> NameProblems()
    {
        if (Prefix.Length is 0 or > RedisLimits.PrefixCharsMax || !Prefix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
            yield return $"redis.prefix must be 1 to {RedisLimits.PrefixCharsMax} of a-z, A-Z, 0-9, '-', '_' and '.', is '{Prefix}'.";
        if (Database < 0) yield return $"redis.database must be 0 or more, is {Database}.";
        if (TimeToLive < RedisLimits.TimeToLiveMin) yield return $"redis.time_to_live must be at least {RedisLimits.TimeToLiveMin}, is {TimeToLive}.";
    }

    private IEnumerable<string> WaitProblems()
    {
        if (WaitReplicas < 0) yield return $"redis.wait_replicas must be 0 or more, is {WaitReplicas}.";
        // 0 would be "for ever" to Redis.
        if (WaitMilliseconds < 1 || WaitMilliseconds > RedisLimits.TimeoutMax.TotalMilliseconds)
            yield return $"redis.wait_milliseconds must be 1 to {RedisLimits.TimeoutMax.TotalMilliseconds}, is {WaitMilliseconds}.";
        if (ConnectTimeout <= TimeSpan.Zero || ConnectTimeout > RedisLimits.TimeoutMax)
            yield return $"redis.connect_timeout must be more than 0 and at most {RedisLimits.TimeoutMax}, is {ConnectTimeout}.";
        if (CommandTimeout <= TimeSpan.Zero || CommandTimeout > RedisLimits.TimeoutMax)
            yield return $"redis.command_timeout must be more than 0 and at most {RedisLimits.TimeoutMax}, is {CommandTimeout}.";
    }

    /// <summary>Null where the text is no address.</summary>
    internal static EndPoint? EndPointOf(string address, int defaultPort)
    {
        if (IPAddress.TryParse(address, out var alone)) return new IPEndPoint(alone, defaultPort);
        if (IPEndPoint.TryParse(address, out var numeric)) return numeric;
        var colon = address.IndexOf(':', StringComparison.Ordinal);
        var host = colon < 0 ? address : address[..colon];
        var port = defaultPort;
        if (colon >= 0 && !(int.TryParse(address.AsSpan(colon + 1), out port) && port is > 0 and <= ushort.MaxValue)) return null;
        return Uri.CheckHostName(host) == UriHostNameType.Unknown ? null : new DnsEndPoint(host, port);
    }
}
