using System.Globalization;
using StackExchange.Redis;
using StreamEngage.Redis;

namespace StreamEngage.Benchmarks;

/// <summary>A Redis that is empty and nobody else's, with a store of lanes in it: its memory and its counters are read.</summary>
internal sealed class MeasuredRedis : IAsyncDisposable
{
    private const int Lanes = 12;

    private readonly RedisSettings _settings;
    private readonly RedisConnection _connection;

    private MeasuredRedis(string address)
    {
        _settings = new() { Addresses = [address], Prefix = "se" };
        _connection = new(_settings, TimeProvider.System);
        Store = new(_connection, _settings, Lanes);
    }

    public RedisLaneStore Store { get; }

    /// <summary>Of the lane that is measured, the first.</summary>
    public LaneKeys Keys => LaneKeys.Of(_settings.Prefix, 0, Lanes);

    /// <exception cref="InvalidOperationException">There is something in it.</exception>
    public static async Task<MeasuredRedis> OpenAsync(string address)
    {
        var redis = new MeasuredRedis(address);
        if (await redis.NumberAsync("DBSIZE") == 0) return redis;
        await redis.DisposeAsync();
        throw new InvalidOperationException($"The database at {address} is not empty; name an empty one that nobody uses.");
    }

    public async Task<long> UsedBytesAsync()
    {
        const string Name = "used_memory:";
        var line = (await _connection.InfoAsync(default))[0].Split('\n').First(line => line.StartsWith(Name, StringComparison.Ordinal));
        return long.Parse(line[Name.Length..], CultureInfo.InvariantCulture);
    }

    public async Task<long> NumberAsync(string command, params object[] arguments) => (long)await AskAsync(command, arguments);

    public async Task<RedisResult> AskAsync(string command, params object[] arguments) =>
        (await _connection.AskAsync(database => database.ExecuteAsync(command, arguments), default)).OrFail();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
