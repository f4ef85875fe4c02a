using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>
/// Keeps what lanes must not lose: users' records, who is due when, the outbox, and a head. It knows what none of the bytes mean. All of one
/// lane's writes are steps; a step is written whole or not at all.
/// </summary>
/// <remarks>
/// Safe for concurrent calls of different lanes. A failure of the connection or a timeout is a <see cref="StoreFailedException"/>, of which the caller
/// must assume that the call may have taken place.
/// </remarks>
internal interface ILaneStore
{
    /// <summary>Makes <paramref name="token"/> the owner of the lane: from here on no step with another token is taken.</summary>
    /// <returns>The lane as it stands.</returns>
    Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop);

    /// <summary>One round trip: the records of the users asked for, and those of users with something due.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="users">Users whose records are wanted.</param>
    /// <param name="dueThrough">Users due at or before this instant, in milliseconds, are wanted too; null: none.</param>
    /// <param name="dueMax">At most so many of those, the earliest due first.</param>
    /// <param name="stop">Gives up waiting.</param>
    Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop);

    /// <summary>
    /// Writes a step if the token owns the lane and the lane stands at the step before it; the same step again answers
    /// <see cref="PrepareVerdict.Already"/>.
    /// </summary>
    Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop);

    /// <summary>Who owns the lane and where it stands, for the heartbeat.</summary>
    Task<LaneMark> LookAsync(int lane, CancellationToken stop);
}

/// <summary>What became of a step that was to be written.</summary>
internal enum PrepareVerdict
{
    /// <summary>It is written.</summary>
    Prepared,

    /// <summary>It had been written before: the reply got lost.</summary>
    Already,

    /// <summary>Another owner has the lane, or the lane is not where this owner left it. Nothing was written.</summary>
    Fenced,

    /// <summary>The store refuses to write now (full, read-only). Nothing was written; it may be tried again later.</summary>
    Refused,
}

/// <summary>The store could not be asked, or its answer did not come: what was asked for may or may not have happened.</summary>
internal sealed class StoreFailedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A lane as its store has it.</summary>
/// <param name="Step">Number of the last step; 0 for a lane that never had one.</param>
/// <param name="Head">What the last step left for its successor; empty for a lane that never had one.</param>
/// <param name="Outbox">Decided and not known to be published, oldest first.</param>
internal sealed record LaneRecord(long Step, ReadOnlyMemory<byte> Head, IReadOnlyList<OutboxEntry> Outbox);

/// <summary>Owner and last step of a lane; an empty token and 0 where the store has none.</summary>
internal readonly record struct LaneMark(string Token, long Step);

/// <summary>What was loaded, as of one moment.</summary>
/// <param name="Mark">Who owned the lane and where it stood then: a store that lost its tail gives back users as they were before.</param>
/// <param name="Records">Of each user asked for, in that order: the record, or empty.</param>
/// <param name="Due">Users with something due, the earliest first. As many as the most allowed: there may be more.</param>
internal sealed record LoadedUsers(LaneMark Mark, IReadOnlyList<ReadOnlyMemory<byte>> Records, IReadOnlyList<DueUser> Due);

/// <summary>A user with something due.</summary>
/// <param name="User">Who.</param>
/// <param name="Due">When, in milliseconds.</param>
/// <param name="Record">The user's record.</param>
internal readonly record struct DueUser(Utf8Text User, long Due, ReadOnlyMemory<byte> Record);

/// <summary>A place in the order of who is due: by instant, then by the bytes of the id. It stays where it is when its user goes.</summary>
/// <param name="User">Who.</param>
/// <param name="Due">When, in milliseconds.</param>
internal readonly record struct DuePlace(Utf8Text User, long Due);

/// <summary>A command on its way to its topic.</summary>
/// <param name="Key">Unique in the lane, the same after any replay: prompt id and kind.</param>
/// <param name="Number">Rises from entry to entry of a lane: the order of publishing.</param>
/// <param name="Record">Topic, key and value as the lane wrote them.</param>
internal sealed record OutboxEntry(string Key, long Number, ReadOnlyMemory<byte> Record);

/// <summary>One user's change.</summary>
/// <param name="User">Who.</param>
/// <param name="Record">The new record; empty: the user is forgotten.</param>
/// <param name="Due">When the user must be looked at again, in milliseconds; null: nothing is due.</param>
internal readonly record struct UserWrite(Utf8Text User, ReadOnlyMemory<byte> Record, long? Due)
{
    /// <summary>The lane's last write of the user left nothing due, so there is nothing to take back: most users, and for the store half of the work.</summary>
    public bool IsCalm { get; init; }
}

/// <summary>Everything one step changes.</summary>
internal sealed class StepWrite
{
    /// <summary>One more than the step before.</summary>
    public required long Step { get; init; }

    /// <summary>Tells this attempt from another owner's step of the same number.</summary>
    public required string StepId { get; init; }

    /// <summary>For the successor: what is applied, the clock, what is held, where the journal is read from.</summary>
    public required ReadOnlyMemory<byte> Head { get; init; }

    /// <summary>Changed users, each once.</summary>
    public required IReadOnlyList<UserWrite> Users { get; init; }

    /// <summary>Decided in this step.</summary>
    public required IReadOnlyList<OutboxEntry> Added { get; init; }

    /// <summary>Keys of entries that are published for certain.</summary>
    public required IReadOnlyList<string> Trimmed { get; init; }
}
