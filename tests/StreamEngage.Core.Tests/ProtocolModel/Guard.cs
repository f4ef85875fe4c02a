namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The parts of the protocol that can be left out one at a time, to see what each is there for.</summary>
[Flags]
internal enum Guard
{
    None = 0,
    TokenInPrepare = 1 << 0,
    StepInPrepare = 1 << 1,
    StepIdAnswersAlready = 1 << 2,
    RandomToken = 1 << 3,
    StableOffset = 1 << 4,
    EndReadAfterStableOffset = 1 << 5,
    JournalBarrier = 1 << 6,
    JournalLedger = 1 << 7,
    JournalClock = 1 << 8,
    JournalPositionWaitsForReplay = 1 << 9,
    SeekToApplied = 1 << 10,
    GenerationFence = 1 << 11,
    MetadataNoNewerThanLane = 1 << 12,
    FlushBeforeOffsets = 1 << 13,
    Heartbeat = 1 << 14,
    TrimAfterCommit = 1 << 15,
    UnknownIsNotFailure = 1 << 16,
    UnknownIsNotSuccess = 1 << 17,
    UnjournaledStepsInRedis = 1 << 18,
    AskGroupAfterLostFence = 1 << 19,
    HistoriesCompared = 1 << 20,
    RetryIsWhatWasSent = 1 << 21,
    RedisAskedBeforeCommit = 1 << 22,
    PositionInPrepare = 1 << 23,

    /// <summary>The protocol as it is built. FlushBeforeOffsets and RedisAskedBeforeCommit are not part of it: they were thought of and weighed.</summary>
    Protocol = (1 << 24) - 1 - FlushBeforeOffsets - RedisAskedBeforeCommit
}
