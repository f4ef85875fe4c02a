namespace StreamEngage.Steps.Simulation;

/// <summary>
/// The logs of the simulated world as a broker with transactions keeps them: input partitions, what was published with the transaction it belongs to,
/// and a group whose generation fences those who were left behind.
/// </summary>
internal sealed class SimulatedBroker(int lanes, int topics = 1)
{
    private readonly List<Transaction> _open = [];

    /// <summary>What lanes told each other, by the lane it is for, with its transaction; written with the time of the broker.</summary>
    public List<(Transaction Transaction, InputRecord Record)>[] Exchange { get; } =
        [.. Enumerable.Range(0, lanes).Select(_ => new List<(Transaction, InputRecord)>())];

    /// <summary>Records of the first input topic, by lane.</summary>
    public List<InputRecord>[] Input => Inputs[0];

    /// <summary>Records of each input topic, by lane.</summary>
    public List<InputRecord>[][] Inputs { get; } =
        [.. Enumerable.Range(0, topics).Select(_ => Enumerable.Range(0, lanes).Select(_ => new List<InputRecord>()).ToArray())];

    /// <summary>Journal records of each lane in the order they were written, with their transactions.</summary>
    public List<(Transaction Transaction, ReadOnlyMemory<byte> Record)>[] Journal { get; } =
        [.. Enumerable.Range(0, lanes).Select(_ => new List<(Transaction, ReadOnlyMemory<byte>)>())];

    public List<(Transaction Transaction, int Lane, OutgoingRecord Record)> Published { get; } = [];

    /// <summary>Who owns each lane: the member and since which generation.</summary>
    public (string Member, int Generation)[] Owner { get; } = [.. Enumerable.Range(0, lanes).Select(_ => ("", 0))];

    public int Generation { get; set; }

    public int Lanes => lanes;

    /// <summary>Input topics; the exchange has the number behind them.</summary>
    public int Topics => topics;

    /// <summary>How far a reader gets who sees what is committed only: to the first record whose transaction is not over.</summary>
    public int StableEnd(int lane)
    {
        var open = Exchange[lane].FindIndex(told => told.Transaction.State == TransactionState.Open);
        return open < 0 ? Exchange[lane].Count : open;
    }

    public IEnumerable<InputRecord> VisibleExchange(int lane) =>
        Exchange[lane].Where(told => told.Transaction.State == TransactionState.Committed).Select(told => told.Record);

    /// <summary>A person writes to a lane's partition of the exchange.</summary>
    public void Tell(int lane, MessageKind kind, ReadOnlyMemory<byte> body, long now)
    {
        var message = new LaneMessage(kind, LaneMessage.NoLane, 0, body);
        Exchange[lane].Add((new("a person", 0) { State = TransactionState.Committed }, new(lane, topics, Exchange[lane].Count, now, message.Encode())));
    }

    public void Publish(Transaction transaction, int lane, OutgoingRecord record, long now)
    {
        if (record.Partition is { } to) Exchange[to].Add((transaction, new(to, topics, Exchange[to].Count, now, record.Value)));
        else Published.Add((transaction, lane, record));
    }

    public IEnumerable<OutgoingRecord> Visible => Published.Where(entry => entry.Transaction.State == TransactionState.Committed).Select(entry => entry.Record);

    /// <summary>What lanes told each other, as they sent it.</summary>
    public IEnumerable<OutgoingRecord> VisibleMessages(string topic) => Enumerable.Range(0, lanes).SelectMany(VisibleExchange)
        .Where(told => LaneMessage.Decode(told.Value)?.Sender != LaneMessage.NoLane)
        .Select(told => new OutgoingRecord(topic, default, told.Value, []) { Partition = told.Lane });

    public IEnumerable<JournalRecord> VisibleJournal(int lane) => Journal[lane]
        .Where(entry => entry.Transaction.State == TransactionState.Committed).Select(entry => JournalRecord.Decode(entry.Record)!);

    public LaneLog LogOf(int lane) => new(lane, lanes, Input[lane], [.. VisibleExchange(lane)], [.. VisibleJournal(lane)])
    {
        Others = [.. Inputs.Skip(1).Select(input => input[lane])],
    };

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
