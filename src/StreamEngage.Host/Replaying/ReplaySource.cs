using System.Runtime.CompilerServices;
using System.Text.Json;
using StreamEngage.Events;
using StreamEngage.Kafka;
using StreamEngage.Redis;
using StreamEngage.Steps;

namespace StreamEngage.Host.Replaying;

/// <summary>What a replay reads of a deployment. Nothing of it can write. One reader a topic of the lane at hand.</summary>
internal sealed class ReplaySource(KafkaCluster cluster, RedisLaneStore store, IReadOnlyList<string> promptTopics, int lanes) : IAsyncDisposable
{
    private readonly JournalReader _journal = new(cluster);
    private readonly Dictionary<int, LaneRecords> _readers = [];
    private int _lane = -1;

    public Task<JournalTail> JournalAsync(int lane, CancellationToken stop) => _journal.ReadAsync(lane, 0, stop);

    /// <summary>What the lane's topics no longer have; null: they begin at their beginning.</summary>
    public async Task<string?> GoneAsync(int lane, CancellationToken stop)
    {
        foreach (var (topic, name) in cluster.Settings.Read.Index())
            if (await Reader(lane, topic).BoundsAsync(stop) is { First: > 0 and var first }) return Gone(name, first);
        using var journal = new LaneRecords(cluster, cluster.Settings.JournalTopic, 0, lane);
        return await journal.BoundsAsync(stop) is { First: > 0 and var told } ? Gone(cluster.Settings.JournalTopic, told) : null;
    }

    /// <summary>Reads on in one of a lane's topics up to a place.</summary>
    public IAsyncEnumerable<InputRecord> Read(int lane, int topic, long until) => Reader(lane, topic).ToAsync(until, CancellationToken.None);

    /// <summary>Keys, as the outbox has them, and values of everything in the channel topics.</summary>
    /// <param name="also">Further topics: those of rulebooks that came later.</param>
    /// <param name="stop">Gives up.</param>
    public async IAsyncEnumerable<(string Key, ReadOnlyMemory<byte> Value)> Prompts(IEnumerable<string> also, [EnumeratorCancellation] CancellationToken stop)
    {
        foreach (var topic in promptTopics.Union(also, StringComparer.Ordinal))
            for (var partition = 0; partition < lanes; partition++)
            {
                using var reader = new LaneRecords(cluster, topic, 0, partition);
                await foreach (var record in reader.AllAsync(stop))
                    yield return (KeyOf(record.Value) ?? $"{topic} [{partition}] at {record.Offset}", record.Value);
            }
    }

    /// <summary>What the store's last step left; null where it has none.</summary>
    public Task<LaneHead?> HeadAsync(int lane, CancellationToken stop) => store.HeadAsync(lane, stop);

    public async Task<IReadOnlyList<ReadOnlyMemory<byte>>> UsersAsync(int lane, IReadOnlyList<Utf8Text> users, CancellationToken stop) =>
        (await store.LoadAsync(lane, users, dueThrough: null, dueMax: 0, stop)).Records;

    public async ValueTask DisposeAsync()
    {
        Close();
        await _journal.DisposeAsync();
    }

    private static string Gone(string topic, long first) => $"{topic} begins at {first}: what was before is gone, so the lane cannot be made again";

    /// <summary>As the outbox names it; null: it is no prompt, and no engine wrote it.</summary>
    private static string? KeyOf(ReadOnlyMemory<byte> prompt)
    {
        try
        {
            using var json = JsonDocument.Parse(prompt);
            return $"{json.RootElement.GetProperty("promptId").GetString()}/{json.RootElement.GetProperty("kind").GetString()}";
        }
        catch (Exception strange) when (strange is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private LaneRecords Reader(int lane, int topic)
    {
        if (_lane != lane) Close();
        _lane = lane;
        if (!_readers.TryGetValue(topic, out var reader)) _readers[topic] = reader = new(cluster, cluster.Settings.Read[topic], topic, lane);
        return reader;
    }

    private void Close()
    {
        foreach (var reader in _readers.Values) reader.Dispose();
        _readers.Clear();
    }
}
