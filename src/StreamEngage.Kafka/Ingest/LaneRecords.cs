using System.Runtime.CompilerServices;
using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>Reads one partition of a topic from its beginning, as those who see what is committed. It is no member of the group.</summary>
internal sealed class LaneRecords : IDisposable
{
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10 * KafkaLimits.SliceMilliseconds);
    private static readonly TimeSpan CallWait = TimeSpan.FromMilliseconds(KafkaLimits.CallMilliseconds);

    private readonly KafkaCluster _cluster;
    private readonly int _topic;
    private readonly IConsumer<byte[]?, byte[]> _consumer;
    private readonly TopicPartition _partition;
    private long _next;

    /// <param name="cluster">Where.</param>
    /// <param name="name">The topic.</param>
    /// <param name="topic">Its place among those that a lane reads.</param>
    /// <param name="lane">The partition.</param>
    public LaneRecords(KafkaCluster cluster, string name, int topic, int lane)
    {
        (_cluster, _topic, _partition) = (cluster, topic, new(name, lane));
        _consumer = cluster.RecordConsumer();
    }

    /// <summary>Offset of the first record that there is, and of the one after the last.</summary>
    public Task<(long First, long End)> BoundsAsync(CancellationToken stop) => Blocking(() =>
    {
        var bounds = _consumer.QueryWatermarkOffsets(_partition, CallWait);
        return (bounds.Low.Value, bounds.High.Value);
    }, stop);

    /// <summary>Reads on to a place, or to the end where that comes first.</summary>
    public async IAsyncEnumerable<InputRecord> ToAsync(long until, [EnumeratorCancellation] CancellationToken stop)
    {
        while (_next < until && await NextAsync(stop) is { } record)
        {
            _next = record.Offset.Value + (record.IsPartitionEOF ? 0 : 1);
            if (record.IsPartitionEOF) yield break;
            yield return new(_partition.Partition.Value, _topic, record.Offset.Value, record.Message.Timestamp.UnixTimestampMs, record.Message.Value ?? []);
        }
    }

    /// <summary>All that there is.</summary>
    public async IAsyncEnumerable<(long Offset, ReadOnlyMemory<byte> Value)> AllAsync([EnumeratorCancellation] CancellationToken stop)
    {
        while (await NextAsync(stop) is { IsPartitionEOF: false } record) yield return (record.Offset.Value, record.Message.Value ?? []);
    }

    public void Dispose() => _consumer.Dispose();

    private Task<ConsumeResult<byte[]?, byte[]>?> NextAsync(CancellationToken stop)
    {
        if (_consumer.Assignment.Count == 0) _consumer.Assign(new TopicPartitionOffset(_partition, Offset.Beginning));
        // What has been fetched is there at once; else the client blocks, on a thread that may.
        return _consumer.Consume(TimeSpan.Zero) is { } ready ? Task.FromResult<ConsumeResult<byte[]?, byte[]>?>(ready) : Blocking(Consume, stop);

        ConsumeResult<byte[]?, byte[]>? Consume()
        {
            while (true)
            {
                stop.ThrowIfCancellationRequested();
                try
                {
                    if (_consumer.Consume(Slice) is { } record) return record;
                }
                catch (ConsumeException failure) when (!failure.Error.IsFatal && failure.Error.Code != ErrorCode.Local_AutoOffsetReset)
                {
                    _cluster.Said($"{_partition}: {failure.Error.Code}: {failure.Error.Reason}");
                }
            }
        }
    }

    private async Task<T> Blocking<T>(Func<T> call, CancellationToken stop)
    {
        try
        {
            return await Task.Factory.StartNew(call, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        catch (KafkaException failure)
        {
            throw new LogFailedException($"{_partition}: {failure.Error.Reason}", failure);
        }
    }
}
