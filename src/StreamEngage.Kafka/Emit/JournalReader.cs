using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>Reads a lane's journal behind a barrier. One lane at a time.</summary>
internal sealed class JournalReader(KafkaCluster cluster) : IAsyncDisposable
{
    private static readonly TimeSpan CallWait = TimeSpan.FromMilliseconds(KafkaLimits.CallMilliseconds);
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(10 * KafkaLimits.SliceMilliseconds);

    private readonly ClientThread _thread = new("kafka-journal");
    private readonly IConsumer<Ignore, byte[]> _committed = cluster.JournalConsumer(IsolationLevel.ReadCommitted);
    // Sees the records of open transactions: where they end is how far the other has to come.
    private readonly IConsumer<Ignore, byte[]> _ends = cluster.JournalConsumer(IsolationLevel.ReadUncommitted);

    public Task<JournalTail> ReadAsync(int lane, long from, CancellationToken stop) => _thread.RunAsync(() => Read(lane, from, stop));

    public async ValueTask DisposeAsync()
    {
        await _thread.RunAsync(Close);
        _thread.Dispose();
    }

    private JournalTail Read(int lane, long from, CancellationToken stop)
    {
        AwaitStableOffsets(lane, stop);
        var journal = new TopicPartition(cluster.Settings.JournalTopic, lane);
        // After the stable offsets, not before: a transaction that was open then has its records before this end.
        var (first, end) = Retried(() => _ends.QueryWatermarkOffsets(journal, CallWait), stop) is var marks ? (marks.Low.Value, marks.High.Value) : default;
        // What the journal's retention deleted is gone; what is left is read.
        from = Math.Max(from, first);
        return from >= end ? new([], end) : ReadTo(new(journal, from), end, stop);
    }

    // The group's coordinator does not tell an offset while a transaction that would change it is open. Its value is not used.
    private void AwaitStableOffsets(int lane, CancellationToken stop)
    {
        var partitions = cluster.Settings.Read.Select(topic => new TopicPartition(topic, lane)).ToList();
        Retried(() => _committed.Committed(partitions, CallWait), stop);
    }

    private JournalTail ReadTo(TopicPartitionOffset from, long end, CancellationToken stop)
    {
        List<ReadOnlyMemory<byte>> records = [];
        var bytes = 0L;
        var next = from.Offset.Value;
        _committed.Assign(from);
        try
        {
            // The end of the partition is told where reading committed stands, behind the marks of transactions; before the barrier it means that one
            // is still open.
            while (next < end)
            {
                stop.ThrowIfCancellationRequested();
                if (Consume() is not { } record) continue;
                next = record.IsPartitionEOF ? record.Offset.Value : record.Offset.Value + 1;
                if (record.IsPartitionEOF) continue;
                bytes += record.Message.Value?.Length ?? 0;
                if (bytes > KafkaLimits.JournalBytesMax) throw new JournalTooLongException(from, end);
                records.Add(record.Message.Value);
            }
        }
        finally
        {
            _committed.Unassign();
        }
        return new(records, next);
    }

    private ConsumeResult<Ignore, byte[]>? Consume()
    {
        try
        {
            return _committed.Consume(Slice);
        }
        catch (ConsumeException failure) when (!failure.Error.IsFatal && failure.Error.Code != ErrorCode.Local_AutoOffsetReset)
        {
            cluster.Said($"journal: {failure.Error.Code}: {failure.Error.Reason}");
            return null;
        }
    }

    /// <summary>Until it is answered: without the answer a lane cannot be taken over, and its owner gives up by <paramref name="stop"/>.</summary>
    private T Retried<T>(Func<T> ask, CancellationToken stop)
    {
        while (true)
        {
            stop.ThrowIfCancellationRequested();
            try
            {
                return ask();
            }
            catch (KafkaException failure) when (!failure.Error.IsFatal)
            {
                cluster.Said($"journal: {failure.Error.Code}: {failure.Error.Reason}");
            }
            stop.WaitHandle.WaitOne(KafkaLimits.RetryMilliseconds);
        }
    }

    private bool Close()
    {
        _committed.Dispose();
        _ends.Dispose();
        return true;
    }
}

/// <summary>A lane's journal from the position its store names to its end is bigger than memory allows: the store has fallen far behind.</summary>
internal sealed class JournalTooLongException(TopicPartitionOffset from, long end) : Exception(
    $"The journal {from.Topic} [{from.Partition.Value}] from {from.Offset.Value} to {end} is bigger than {KafkaLimits.JournalBytesMax} bytes.");
