namespace StreamEngage.Steps;

/// <summary>
/// The input topics as the consumer group deals them out: lane n is partition n of each of them. Polled from one thread only.
/// </summary>
internal interface IInputLog
{
    /// <summary>Input topics; a record's topic is an index into their order.</summary>
    int Topics { get; }

    /// <summary>
    /// Called inside <see cref="PollAsync"/> when lanes are about to go to another instance: what is under way is to be finished, then it goes on.
    /// </summary>
    Func<IReadOnlyList<int>, Task>? Revoking { get; set; }

    /// <summary>Waits at most <paramref name="wait"/> for something, and takes at most <paramref name="recordsMax"/> records.</summary>
    /// <returns>What came; valid until the next poll.</returns>
    Task<Polled> PollAsync(TimeSpan wait, int recordsMax, CancellationToken stop);

    /// <summary>Goes on reading a lane at a position; a lane that was assigned stands still until then.</summary>
    void Seek(int lane, InputPosition from);

    /// <summary>No records of the lane until <see cref="Resume"/>; it stays assigned.</summary>
    void Pause(int lane);

    void Resume(int lane);

    /// <summary>Where the lane's oldest records stand.</summary>
    Task<InputPosition> BeginningAsync(int lane, CancellationToken stop);
}

/// <summary>What a poll brought.</summary>
internal sealed class Polled
{
    /// <summary>Lanes that are this instance's from now on, after what <see cref="Revoked"/> and <see cref="Lost"/> say.</summary>
    public List<int> Assigned { get; } = [];

    /// <summary>Lanes that went to another instance, after <see cref="IInputLog.Revoking"/>.</summary>
    public List<int> Revoked { get; } = [];

    /// <summary>Lanes that went without notice: nothing may be published for them.</summary>
    public List<int> Lost { get; } = [];

    /// <summary>Records, of each topic and lane in the order of their offsets.</summary>
    public List<InputRecord> Records { get; } = [];

    /// <summary>Lanes and topics whose end was reached: there is no record after those that came so far.</summary>
    public List<(int Lane, int Topic)> Ends { get; } = [];

    /// <summary>Lanes whose next record the log does not have: deleted before it was read. They stand still until <see cref="IInputLog.Seek"/>.</summary>
    public List<int> Gone { get; } = [];

    public bool IsEmpty => Assigned.Count + Revoked.Count + Lost.Count + Records.Count + Ends.Count + Gone.Count == 0;

    public void Clear()
    {
        Assigned.Clear();
        Revoked.Clear();
        Lost.Clear();
        Records.Clear();
        Ends.Clear();
        Gone.Clear();
    }
}

/// <summary>A record of an input topic.</summary>
/// <param name="Lane">Its partition.</param>
/// <param name="Topic">Index of its topic.</param>
/// <param name="Offset">Its place in the partition.</param>
/// <param name="Timestamp">The broker's, in milliseconds.</param>
/// <param name="Value">The bytes; they stay as they are.</param>
internal readonly record struct InputRecord(int Lane, int Topic, long Offset, long Timestamp, ReadOnlyMemory<byte> Value);
