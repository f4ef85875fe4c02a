using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>Producers compress as they like. The mock keeps their batches as they came, so it is the engine's client that opens them.</summary>
public sealed class CompressedInputTests
{
    private const int Records = 500;

    [KafkaClientFact]
    public Task Gzip_IsRead() => IsReadAsync(CompressionType.Gzip);

    [KafkaClientFact]
    public Task Snappy_IsRead() => IsReadAsync(CompressionType.Snappy);

    [KafkaClientFact]
    public Task Lz4_IsRead() => IsReadAsync(CompressionType.Lz4);

    [KafkaClientFact]
    public Task Zstd_IsRead() => IsReadAsync(CompressionType.Zstd);

    private static async Task IsReadAsync(CompressionType compression)
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        string[] values = [.. Enumerable.Range(0, Records).Select(number => $"{number} {new string('x', 400)}")];
        var sent = await ProduceAsync(cluster, compression, values);
        var written = values.Sum(value => value.Length);
        Assert.True(sent < written / 4, $"{sent} bytes were sent of {written}: it was not compressed");

        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = new Listener(input);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Contains(0)), cluster.Said);
        input.Seek(0, new InputPosition([0, 0]));
        Assert.True(await heard.PollUntilAsync(() => heard.Ends.Contains((0, 0))), cluster.Said);
        Assert.Equal(values, heard.Values(0, 0));
    }

    /// <returns>Bytes that went to the brokers.</returns>
    private static async Task<long> ProduceAsync(TestCluster cluster, CompressionType compression, string[] values)
    {
        var told = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var isSent = false;
        var config = new ProducerConfig
        {
            BootstrapServers = cluster.Settings.Brokers, CompressionType = compression, LingerMs = 100, StatisticsIntervalMs = 50,
        };
        using var producer = new ProducerBuilder<Null, byte[]>(config)
            .SetStatisticsHandler((_, statistics) =>
            {
                if (Volatile.Read(ref isSent)) told.TrySetResult(JsonDocument.Parse(statistics).RootElement.GetProperty("tx_bytes").GetInt64());
            })
            .Build();
        var topic = new TopicPartition(cluster.Settings.Topics[0], 0);
        await Task.WhenAll(values.Select(value => producer.ProduceAsync(topic, new() { Value = Encoding.UTF8.GetBytes(value) })));
        Volatile.Write(ref isSent, true);
        return await told.Task.WaitAsync(TimeSpan.FromSeconds(20));
    }
}
