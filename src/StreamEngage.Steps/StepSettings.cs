namespace StreamEngage.Steps;

/// <summary>How an instance works through its lanes. Times are of the wall clock.</summary>
internal sealed record StepSettings
{
    /// <summary>Records of one step at most; 1 to 5,000. Default 200: a script of so many users stays short.</summary>
    public int BatchRecords { get; init; } = 200;

    /// <summary>A step takes no further record once it has so many bytes: the store stands still while it writes. Default 1 MB.</summary>
    public long BatchBytes { get; init; } = 1 << 20;

    /// <summary>Users with something due that one step looks at, at most. Default 200.</summary>
    public int DueUsers { get; init; } = 200;

    /// <summary>Records a lane may have waiting before its input pauses; it goes on at a half. Default 5,000.</summary>
    public int WaitingRecords { get; init; } = 5_000;

    /// <summary>Bytes of records a lane may have waiting before its input pauses. Default 32 MB.</summary>
    public long WaitingBytes { get; init; } = 32L << 20;

    /// <summary>Entries an outbox may hold before the lane stops deciding. Default 10,000.</summary>
    public int OutboxEntries { get; init; } = 10_000;

    /// <summary>Entries at which it goes on; less than <see cref="OutboxEntries"/>. Default 5,000.</summary>
    public int OutboxResume { get; init; } = 5_000;

    /// <summary>What one user may send; null: anything. Each step's is in the journal: it can be made again under other settings. Default null.</summary>
    public UserRate? UserRate { get; init; }

    /// <summary>Share of a minute's records that may be refused, 0 to 1; more park the lane. Default 0.2.</summary>
    public double RefusedShareMax { get; init; } = 0.2;

    /// <summary>Records of a minute below which no share parks the lane. Default 100.</summary>
    public int RefusedOfMin { get; init; } = 100;

    /// <summary>Bytes of records of the users a lane keeps in memory. Default 64 MB.</summary>
    public long CachedBytes { get; init; } = 64L << 20;

    /// <summary>Time between ticks. Default 100 ms.</summary>
    public TimeSpan Tick { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Time between publications while something waits. Default 50 ms.</summary>
    public TimeSpan Publish { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Time between publications that only note progress. Default 2 s.</summary>
    public TimeSpan PublishIdle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Time from the end of a publication to the beginning of the next. A transaction that follows another closer than its end is marked everywhere is turned
    /// away, and the client comes again much later than that takes. Default 0.
    /// </summary>
    public TimeSpan PublishApart { get; init; }

    /// <summary>Time between looks at whether the store still has what was written. Default 1 s.</summary>
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Pause after a failed call of a store or a log. Default 200 ms.</summary>
    public TimeSpan Retry { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Bytes of a journal record at which a publication ends, with whole steps; the rest goes with the next one. Half of what a topic takes by default,
    /// because it ends behind the step that goes over. Default 500,000.
    /// </summary>
    public int JournalBytes { get; init; } = 500_000;

    /// <summary>False: the clock moves with events only, for recorded streams that are played again. Default true.</summary>
    public bool Ticks { get; init; } = true;
}
