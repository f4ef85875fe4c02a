using StreamEngage.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Host.Replaying;

/// <summary>Input and journal of lanes, from their beginning. Nothing of it can write. One reader a topic of the lane at hand.</summary>
internal sealed class LaneSource(KafkaCluster cluster) : IAsyncDisposable
{
    private readonly JournalReader _journal = new(cluster);
    private readonly Dictionary<int, LaneRecords> _readers = [];
    private int _lane = -1;

    /// <summary>What the lane's journal tells, record by record.</summary>
    public async Task<IReadOnlyList<JournalRecord>> JournalAsync(int lane, CancellationToken stop) =>
        [.. (await _journal.ReadAsync(lane, 0, stop)).Records.Select(JournalRecord.Decode).OfType<JournalRecord>()];

    /// <summary>What the lane's topics no longer have; null: they begin at their beginning.</summary>
    public async Task<string?> GoneAsync(int lane, CancellationToken stop)
    {
        foreach (var (topic, name) in cluster.Settings.Read.Index())
            if (await Reader(lane, topic).BoundsAsync(stop) is { First: > 0 and var first }) return Gone(name, first);
        using var journal = new LaneRecords(cluster, cluster.Settings.JournalTopic, 0, lane);
        return await journal.BoundsAsync(stop) is { First: > 0 and var told } ? Gone(cluster.Settings.JournalTopic, told) : null;
    }

    /// <summary>How many records there are in a lane's topics.</summary>
    public async Task<long> CountAsync(int lane, CancellationToken stop)
    {
        var count = 0L;
        foreach (var (topic, _) in cluster.Settings.Read.Index())
            if (await Reader(lane, topic).BoundsAsync(stop) is var (first, end)) count += end - first;
        return count;
    }

    /// <summary>Reads on in one of a lane's topics up to a place.</summary>
    public IAsyncEnumerable<InputRecord> Read(int lane, int topic, long until) => Reader(lane, topic).ToAsync(until, CancellationToken.None);

    /// <summary>The next reading begins at the beginning.</summary>
    public void Rewind()
    {
        foreach (var reader in _readers.Values) reader.Dispose();
        _readers.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Rewind();
        await _journal.DisposeAsync();
    }

    private static string Gone(string topic, long first) => $"{topic} begins at {first}: what was before is gone, so the lane cannot be made again";

    private LaneRecords Reader(int lane, int topic)
    {
        if (_lane != lane) Rewind();
        _lane = lane;
        if (!_readers.TryGetValue(topic, out var reader)) _readers[topic] = reader = new(cluster, cluster.Settings.Read[topic], topic, lane);
        return reader;
    }
}
