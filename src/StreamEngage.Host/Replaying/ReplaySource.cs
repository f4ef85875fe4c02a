using System.Runtime.CompilerServices;
using System.Text.Json;
using StreamEngage.Events;
using StreamEngage.Kafka;
using StreamEngage.Redis;
using StreamEngage.Steps;

namespace StreamEngage.Host.Replaying;

/// <summary>What a replay reads of a deployment. Nothing of it can write.</summary>
internal sealed class ReplaySource(KafkaCluster cluster, RedisLaneStore store, IReadOnlyList<string> promptTopics, int lanes) : IAsyncDisposable
{
    /// <summary>What the lanes read.</summary>
    public LaneSource Lanes { get; } = new(cluster);

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

    public ValueTask DisposeAsync() => Lanes.DisposeAsync();

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
}
