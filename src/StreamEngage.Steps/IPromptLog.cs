namespace StreamEngage.Steps;

/// <summary>
/// Where an instance publishes: the channel topics, the journal and what belongs to them, in one transaction; and where the journal is read back.
/// </summary>
/// <remarks>Not safe for concurrent publications: an instance has one at a time.</remarks>
internal interface IPromptLog
{
    /// <summary>Publishes everything or nothing, with the input positions of the lanes and the fence against former owners.</summary>
    Task<PublishResult> PublishAsync(IReadOnlyList<LanePublication> lanes, CancellationToken stop);

    /// <summary>Starts over after <see cref="PublishVerdict.Unknown"/>: a new producer that fences what the old one left open.</summary>
    Task RecoverAsync(CancellationToken stop);

    /// <summary>
    /// The lane's journal from a position to its end. Waits until no transaction of a former owner can still become visible before that end.
    /// </summary>
    Task<JournalTail> ReadJournalAsync(int lane, long from, CancellationToken stop);
}

/// <summary>What became of a publication.</summary>
internal enum PublishVerdict
{
    /// <summary>All of it is visible.</summary>
    Committed,

    /// <summary>None of it is or will be visible; it may be tried again.</summary>
    Aborted,

    /// <summary>None of it is or will be visible: the group has given these lanes to another instance.</summary>
    Fenced,

    /// <summary>It may be visible or not: acquire the lanes again.</summary>
    Unknown,
}

/// <summary>A log could not be read, or a publication could not be begun. Nothing was published.</summary>
internal sealed class LogFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The verdict and, when committed, the journal position after each lane's record, in the order of the lanes.</summary>
internal sealed record PublishResult(PublishVerdict Verdict, IReadOnlyList<long> JournalEnds)
{
    public static PublishResult Of(PublishVerdict verdict) => new(verdict, []);
}

/// <summary>One lane's part of a publication.</summary>
/// <param name="Lane">The lane.</param>
/// <param name="Applied">What is applied, for the group's committed offsets: they show progress, nothing reads on from them.</param>
/// <param name="Records">Commands, decisions and refused records, in order.</param>
/// <param name="Journal">The lane's journal record.</param>
internal sealed record LanePublication(int Lane, InputPosition Applied, IReadOnlyList<OutgoingRecord> Records, ReadOnlyMemory<byte> Journal);

/// <summary>A record for a topic.</summary>
/// <param name="Topic">Its name.</param>
/// <param name="Key">The user; empty: none.</param>
/// <param name="Value">The bytes.</param>
/// <param name="Headers">Names and UTF-8 values; mostly none.</param>
internal readonly record struct OutgoingRecord(
    string Topic, ReadOnlyMemory<byte> Key, ReadOnlyMemory<byte> Value, IReadOnlyList<KeyValuePair<string, string>> Headers)
{
    /// <summary>Where in the topic; null: by the key.</summary>
    public int? Partition { get; init; }
}

/// <summary>What a journal holds from some position on.</summary>
/// <param name="Records">The records, oldest first.</param>
/// <param name="End">Where the next record will be read from.</param>
internal sealed record JournalTail(IReadOnlyList<ReadOnlyMemory<byte>> Records, long End);
