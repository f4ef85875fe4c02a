namespace StreamEngage.Steps.Simulation;

/// <summary>
/// The logs of the simulated world as a broker with transactions keeps them: input partitions, what was published with the transaction it belongs to,
/// and a group whose generation fences those who were left behind.
/// </summary>
internal sealed class SimulatedBroker(int lanes)
{
    private readonly List<Transaction> _open = [];

    public List<InputRecord>[] Input { get; } = [.. Enumerable.Range(0, lanes).Select(_ => new List<InputRecord>())];

    /// <summary>Journal records of each lane in the order they were written, with their transactions.</summary>
    public List<(Transaction Transaction, ReadOnlyMemory<byte> Record)>[] Journal { get; } =
        [.. Enumerable.Range(0, lanes).Select(_ => new List<(Transaction, ReadOnlyMemory<byte>)>())];

    public List<(Transaction Transaction, int Lane, OutgoingRecord Record)> Published { get; } = [];

    /// <summary>Who owns each lane: the member and since which generation.</summary>
    public (string Member, int Generation)[] Owner { get; } = [.. Enumerable.Range(0, lanes).Select(_ => ("", 0))];

    public int Generation { get; set; }

    public int Lanes => lanes;

    public IEnumerable<OutgoingRecord> Visible => Published.Where(entry => entry.Transaction.State == TransactionState.Committed).Select(entry => entry.Record);

    public IEnumerable<JournalRecord> VisibleJournal(int lane) => Journal[lane]
        .Where(entry => entry.Transaction.State == TransactionState.Committed).Select(entry => JournalRecord.Decode(entry.Record)!);

    public Transaction Begin(string producer, int epoch)
    {
        var transaction = new Transaction(producer, epoch);
        _open.Add(transaction);
        return transaction;
    }

    /// <summary>A new producer of this name ends what the former ones left open.</summary>
    public void Fence(string producer)
    {
        foreach (var transaction in _open.Where(transaction => transaction.Producer == producer).ToList()) End(transaction, transaction.IsCommitSent);
    }

    public void End(Transaction transaction, bool commits)
    {
        if (!_open.Remove(transaction)) return;
        transaction.State = commits ? TransactionState.Committed : TransactionState.Aborted;
    }

    /// <summary>The coordinator loses patience with transactions whose producers are silent.</summary>
    public void EndAbandoned(Func<string, bool> isAlive)
    {
        foreach (var transaction in _open.Where(transaction => !isAlive(transaction.Producer)).ToList()) End(transaction, transaction.IsCommitSent);
    }

    /// <summary>Offsets of the lane were sent in a transaction that is not over.</summary>
    public bool IsUnstable(int lane) => _open.Exists(transaction => transaction.Lanes.Contains(lane));
}

internal enum TransactionState { Open, Committed, Aborted }

/// <summary>A transaction and the lanes whose offsets were sent in it.</summary>
internal sealed class Transaction(string producer, int epoch)
{
    public string Producer => producer;

    public int Epoch => epoch;

    public HashSet<int> Lanes { get; } = [];

    /// <summary>The coordinator has taken note that it is to be committed: nothing can abort it any more.</summary>
    public bool IsCommitSent { get; set; }

    public TransactionState State { get; set; }
}
