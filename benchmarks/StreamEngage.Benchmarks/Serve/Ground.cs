using StackExchange.Redis;
using StreamEngage.Brokers;
using StreamEngage.Host.Sandboxes;
using StreamEngage.Kafka;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>
/// The servers that all parts of a run stand on: librdkafka's mock cluster or the tests' broker, in this process, and a redis-server started for it or named.
/// </summary>
internal sealed class Ground : IAsyncDisposable
{
    public const int Lanes = 8;

    /// <summary>So long at most a transaction that has ended is not yet seen, on the tests' broker.</summary>
    public const int MarkMilliseconds = 5;

    private readonly SandboxRedis? _server;
    private readonly MockCluster? _mock;
    private readonly TestBroker? _broker;
    private int _sites;

    private Ground(SandboxRedis? server, string address, ConnectionMultiplexer redis, bool hasTransactions)
    {
        (_server, Address, Redis) = (server, address, redis);
        Librdkafka.Require();
        if (hasTransactions) _broker = new(new() { MarkAfterMax = TimeSpan.FromMilliseconds(MarkMilliseconds) });
        else _mock = new(brokers: 1);
    }

    /// <summary>What it can: the mock isolates no transactions, the tests' broker does.</summary>
    public Delivery Delivery => _broker is null ? Delivery.AtLeastOnce : Delivery.ExactlyOnce;

    public bool IsMock => _mock is not null;

    public string Brokers => _broker?.Address ?? _mock!.Brokers;

    public string Folder { get; } = Directory.CreateTempSubdirectory("streamengage-bench-").FullName;

    /// <summary>Of the redis-server.</summary>
    public string Address { get; }

    public ConnectionMultiplexer Redis { get; }

    /// <param name="address">Of a redis-server whose first database is empty and nobody else's; null: one is started.</param>
    /// <param name="hasTransactions">On the tests' broker, which is not Kafka either.</param>
    public static async Task<Ground> OpenAsync(string? address, bool hasTransactions)
    {
        var folder = Directory.CreateTempSubdirectory("streamengage-bench-redis-").FullName;
        var server = address is null ? SandboxRedis.Start(folder) ?? throw new InvalidOperationException("no redis-server is installed") : null;
        address ??= $"127.0.0.1:{server!.Port}";
        var redis = await ConnectedAsync(address);
        if ((long)await redis.GetDatabase().ExecuteAsync("DBSIZE") != 0) throw new InvalidOperationException($"The database at {address} is not empty.");
        return new(server, address, redis, hasTransactions);
    }

    /// <summary>Topics, a group and a prefix that nobody else has. What an earlier site left in Redis goes.</summary>
    public async Task<Site> SiteAsync(SitePlan plan)
    {
        await Redis.GetDatabase().ExecuteAsync("FLUSHDB");
        return new(this, $"s{++_sites}", plan);
    }

    public void Create(string topic)
    {
        _mock?.CreateTopic(topic, Lanes);
        _broker?.Alone(() => _broker.TryCreate(topic, new(Lanes, new Dictionary<string, string>())));
    }

    public async ValueTask DisposeAsync()
    {
        await Redis.GetDatabase().ExecuteAsync("FLUSHDB");
        Redis.Dispose();
        if (_server is not null) await _server.DisposeAsync();
        _mock?.Dispose();
        _broker?.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static async Task<ConnectionMultiplexer> ConnectedAsync(string address)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var options = ConfigurationOptions.Parse($"{address},syncTimeout=30000");
                return await ConnectionMultiplexer.ConnectAsync(options);
            }
            catch (RedisConnectionException) when (tries < 50)
            {
                // It has just been started.
                await Task.Delay(100);
            }
        }
    }
}
