namespace StreamEngage.Brokers;

/// <summary>A partition: its batches, the transactions that are open in it or were aborted, and how far each producer has come.</summary>
internal sealed class PartitionLog(bool stampsRecords)
{
    // As Kafka: so many batches of a producer may be on their way at once, so a repeat is one of them.
    private const int BatchesRemembered = 5;

    private readonly List<RecordBatch> _batches = [];
    private readonly Dictionary<long, long> _open = [];
    private readonly List<(long Producer, long First, long Last)> _aborted = [];
    private readonly Dictionary<long, Writer> _writers = [];

    /// <summary>The offset that the next record gets.</summary>
    public long End => _batches.Count == 0 ? 0 : _batches[^1].Last + 1;

    /// <summary>Below it no transaction is open: so far it is read by who reads what is committed.</summary>
    public long Stable => _open.Count == 0 ? End : _open.Values.Min();

    /// <summary>Takes a batch.</summary>
    /// <returns>Where it begins: for a repeat, where it began the first time.</returns>
    public (BrokerError Error, long First) Append(RecordBatch batch, long now)
    {
        if (!batch.IsKnownFormat) return (BrokerError.UnsupportedFormat, -1);
        if (batch.Producer >= 0)
        {
            if (!_writers.TryGetValue(batch.Producer, out var writer)) _writers[batch.Producer] = writer = new() { Epoch = batch.Epoch };
            if (batch.Epoch < writer.Epoch) return (BrokerError.InvalidProducerEpoch, -1);
            if (batch.Epoch > writer.Epoch) writer.Begin(batch.Epoch);
            if (writer.Batches.Find(known => known.FirstSequence == batch.FirstSequence && known.LastSequence == batch.LastSequence) is { } repeated)
                return (BrokerError.None, repeated.First);
            if (writer.Batches.Count > 0 && batch.FirstSequence != writer.Batches[^1].LastSequence + 1) return (BrokerError.OutOfOrderSequence, -1);
            if (writer.Batches.Count == 0 && batch.FirstSequence != 0) return (BrokerError.OutOfOrderSequence, -1);
            writer.Batches.Add(batch);
            if (writer.Batches.Count > BatchesRemembered) writer.Batches.RemoveAt(0);
        }
        if (stampsRecords) batch.Stamp(now);
        batch.First = End;
        _batches.Add(batch);
        if (batch.IsTransactional) _open.TryAdd(batch.Producer, batch.First);
        return (BrokerError.None, batch.First);
    }

    /// <summary>Ends a producer's transaction here. Whoever writes with an older epoch afterwards is refused.</summary>
    public void Close(long producer, short epoch, bool isCommit, long now)
    {
        var mark = RecordBatch.Mark(producer, epoch, isCommit, now);
        mark.First = End;
        if (_open.Remove(producer, out var first) && !isCommit) _aborted.Add((producer, first, mark.First));
        _batches.Add(mark);
        if (!_writers.TryGetValue(producer, out var writer)) _writers[producer] = new() { Epoch = epoch };
        else if (epoch > writer.Epoch) writer.Begin(epoch);
    }

    /// <summary>Batches from the one that holds an offset on, up to a bound in bytes; one at least, where there is one.</summary>
    public List<RecordBatch> Read(long from, long before, int bytesMax)
    {
        List<RecordBatch> read = [];
        var bytes = 0;
        for (var at = PlaceOf(from); at < _batches.Count && _batches[at].First < before; at++)
        {
            bytes += _batches[at].Bytes.Length;
            if (read.Count > 0 && bytes > bytesMax) break;
            read.Add(_batches[at]);
        }
        return read;
    }

    /// <summary>The aborted transactions of which something may lie between two offsets.</summary>
    public List<(long Producer, long First, long Last)> Aborted(long from, long before) =>
        _aborted.FindAll(transaction => transaction.Last >= from && transaction.First < before);

    /// <summary>The first record that is not older; null: there is none.</summary>
    public RecordBatch? At(long timestamp) => _batches.Find(batch => batch.LastTimestamp >= timestamp);

    private int PlaceOf(long offset)
    {
        var (low, high) = (0, _batches.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_batches[middle].Last < offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private sealed class Writer
    {
        public short Epoch { get; set; }

        public List<RecordBatch> Batches { get; } = [];

        public void Begin(short epoch)
        {
            Epoch = epoch;
            Batches.Clear();
        }
    }
}
