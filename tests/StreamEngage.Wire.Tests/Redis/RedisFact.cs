namespace StreamEngage.Redis;

/// <summary>A fact about a real Redis: the one named by STREAMENGAGE_REDIS, else one started here; reported as skipped where there is neither.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RedisFactAttribute : FactAttribute
{
    public const string Variable = "STREAMENGAGE_REDIS";

    public RedisFactAttribute() => Skip = Named is null && !RedisServer.IsInstalled ? $"no Redis: ${Variable} names none (host:port), and {RedisServer.Program} is not installed" : null;

    public static string? Named { get; } = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named ? named : null;
}

/// <summary>A fact about a Redis that the test may stop, fill or reconfigure: always one of its own.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class OwnRedisFactAttribute : FactAttribute
{
    public OwnRedisFactAttribute() => Skip = RedisServer.IsInstalled ? null : $"{RedisServer.Program} is not installed, and this test must stop or reconfigure its server";
}

/// <summary>The server that tests share which do it no harm.</summary>
public sealed class SharedRedis : IDisposable
{
    private readonly RedisServer? _own = RedisFactAttribute.Named is null && RedisServer.IsInstalled ? RedisServer.Start() : null;

    internal RedisSettings Settings => new()
    {
        Addresses = [RedisFactAttribute.Named ?? _own!.Address],
        Password = Environment.GetEnvironmentVariable(RedisFactAttribute.Variable + "_PASSWORD"),
        Prefix = $"se-{Guid.NewGuid().ToString("N")[..12]}"
    };

    public void Dispose() => _own?.Dispose();
}
