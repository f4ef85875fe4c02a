using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>Collects what became of the records of one publication. Reports come on the producer's thread.</summary>
#pragma warning disable CA1001 // A late report may come after the wait was given up, so nobody can say when to dispose.
internal sealed class DeliveryReports(int lanes)
#pragma warning restore CA1001
{
    private readonly long[] _journalEnds = new long[lanes];
    // One more than are under way, so that it cannot reach zero before the last was sent.
    private readonly CountdownEvent _open = new(1);
    private Error? _failure;

    /// <summary>The first refusal, or null.</summary>
    public Error? Failure => Volatile.Read(ref _failure);

    /// <summary>Where the journals stand after these records; for after <see cref="TryAwaitAll"/>.</summary>
    public IReadOnlyList<long> JournalEnds => _journalEnds;

    public Action<DeliveryReport<byte[]?, byte[]>> OfRecord() => Of(null);

    public Action<DeliveryReport<byte[]?, byte[]>> OfJournal(int lane) => Of(lane);

    /// <summary>Waits for the reports of all that was sent. False: one is missing, and can be waited for again, or one is a refusal.</summary>
    public bool TryAwaitAll(TimeSpan wait)
    {
        _open.Signal();
        var all = _open.Wait(wait);
        if (all || !_open.TryAddCount()) _open.Reset(1);
        return all && Failure is null;
    }

    private Action<DeliveryReport<byte[]?, byte[]>> Of(int? lane)
    {
        _open.AddCount();
        return report =>
        {
            if (report.Error.IsError) Interlocked.CompareExchange(ref _failure, report.Error, null);
            else if (lane is { } index) Volatile.Write(ref _journalEnds[index], report.Offset.Value + 1);
            _open.Signal();
        };
    }
}
