namespace StreamEngage.Brokers;

/// <summary>
/// Transactions by the id that their producers share: a newer producer ends what an older one left open and gets a newer epoch, so that the older one is
/// refused. The end of a transaction is decided at once and marked in the partitions a moment later, as Kafka does. Under the broker's lock.
/// </summary>
internal sealed class TransactionCoordinator(TestBroker broker, TimeSpan markAfterMax, Random lot)
{
    private readonly Dictionary<string, Transaction> _transactions = new(StringComparer.Ordinal);
    private long _producers = 1_000;

    private enum TransactionState { Idle, Open, Ending }

    /// <summary>A producer that repeats what was not answered, and begins no transactions.</summary>
    public long NewProducer() => _producers++;

    public (BrokerError Error, long Producer, short Epoch) Begin(string id, TimeSpan timeout, (long Producer, short Epoch)? former, DateTime now)
    {
        if (!_transactions.TryGetValue(id, out var known)) _transactions[id] = known = new(NewProducer());
        else
        {
            // Who asks for a newer epoch of its own must still be the newest.
            if (former is { Producer: >= 0 } own && own != (known.Producer, known.Epoch)) return (BrokerError.InvalidProducerEpoch, -1, -1);
            if (known.State == TransactionState.Open)
            {
                known.Epoch++;
                Ends(known, isCommit: false, now);
            }
            if (known.State == TransactionState.Ending) return (BrokerError.ConcurrentTransactions, -1, -1);
            known.Epoch++;
        }
        known.Timeout = timeout;
        return (BrokerError.None, known.Producer, known.Epoch);
    }

    public BrokerError Add(string id, long producer, short epoch, Action<ISet<(string Topic, int Partition)>, ISet<string>> add, DateTime now)
    {
        if (Find(id, producer, epoch, out var transaction) is var error and not BrokerError.None) return error;
        if (transaction.State == TransactionState.Ending) return BrokerError.ConcurrentTransactions;
        if (transaction.State == TransactionState.Idle) (transaction.State, transaction.OpenUntil) = (TransactionState.Open, now + transaction.Timeout);
        add(transaction.Partitions, transaction.Groups);
        return BrokerError.None;
    }

    public BrokerError End(string id, long producer, short epoch, bool isCommit, DateTime now)
    {
        if (Find(id, producer, epoch, out var transaction) is var error and not BrokerError.None) return error;
        if (transaction.State == TransactionState.Open)
        {
            Ends(transaction, isCommit, now);
            return BrokerError.None;
        }
        // A repeat of what was not answered.
        if (transaction.WasCommitted != isCommit) return BrokerError.InvalidTransactionState;
        return transaction.State == TransactionState.Ending ? BrokerError.ConcurrentTransactions : BrokerError.None;
    }

    /// <summary>Time has passed: what has ended is marked, and what has been open for too long is aborted.</summary>
    public void Tick(DateTime now)
    {
        foreach (var transaction in _transactions.Values)
        {
            if (transaction.State == TransactionState.Open && now > transaction.OpenUntil)
            {
                transaction.Epoch++;
                Ends(transaction, isCommit: false, now);
            }
            if (transaction.State == TransactionState.Ending && now >= transaction.MarkAt) Mark(transaction);
        }
    }

    private BrokerError Find(string id, long producer, short epoch, out Transaction transaction)
    {
        if (!_transactions.TryGetValue(id, out transaction!) || transaction.Producer != producer) return BrokerError.InvalidProducerId;
        return transaction.Epoch == epoch ? BrokerError.None : BrokerError.InvalidProducerEpoch;
    }

    private void Ends(Transaction transaction, bool isCommit, DateTime now)
    {
        (transaction.State, transaction.WasCommitted) = (TransactionState.Ending, isCommit);
        transaction.MarkAt = now + markAfterMax * lot.NextDouble();
    }

    private void Mark(Transaction transaction)
    {
        foreach (var (topic, partition) in transaction.Partitions)
            broker.Log(topic, partition)?.Close(transaction.Producer, transaction.Epoch, transaction.WasCommitted, TestBroker.Now);
        foreach (var group in transaction.Groups) broker.Group(group).Offsets.Close(transaction.Producer, transaction.Epoch, transaction.WasCommitted);
        transaction.Partitions.Clear();
        transaction.Groups.Clear();
        transaction.State = TransactionState.Idle;
        broker.Changed();
    }

    private sealed class Transaction(long producer)
    {
        public long Producer => producer;

        public short Epoch { get; set; }

        public TimeSpan Timeout { get; set; }

        public TransactionState State { get; set; }

        public bool WasCommitted { get; set; }

        public DateTime OpenUntil { get; set; }

        public DateTime MarkAt { get; set; }

        public HashSet<(string Topic, int Partition)> Partitions { get; } = [];

        public HashSet<string> Groups { get; } = new(StringComparer.Ordinal);
    }
}
