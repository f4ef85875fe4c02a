using StreamEngage.Events;

namespace StreamEngage.Steps.Simulation;

/// <summary>A guard of the protocol that a history does without.</summary>
public enum Guard
{
    /// <summary>A step is written only for the owner.</summary>
    Token,

    /// <summary>A step is written only after the one before it.</summary>
    StepNumber,

    /// <summary>Users are used only if they are of the step the owner is at.</summary>
    LoadedMark,

    /// <summary>An owner's token is like no other.</summary>
    RandomToken,

    /// <summary>What the journal has is not published again.</summary>
    Ledger,

    /// <summary>The journal is read when no transaction of a former owner can still add to it.</summary>
    StableEnd,

    /// <summary>The group's fence: a former owner cannot publish.</summary>
    Generation,

    /// <summary>An unknown outcome is not taken for a failure.</summary>
    UnknownIsNoFailure,

    /// <summary>An unknown outcome is not taken for a success.</summary>
    UnknownIsNoSuccess,

    /// <summary>What was not published for certain is not forgotten.</summary>
    TrimAfterCommit,

    /// <summary>Steps that the journal does not have yet stand in the store.</summary>
    StoredSteps,

    /// <summary>A step that store and journal tell differently is not built upon.</summary>
    HistoriesCompared,

    /// <summary>The journal is read on from where the store stands, also while it is replayed.</summary>
    JournalPosition,

    /// <summary>Records are read on from where the store stands, not from where the group does.</summary>
    SeekToApplied,

    /// <summary>Where time stood in a step stands in the journal.</summary>
    JournaledTick,

    /// <summary>What a lane is told twice it takes once.</summary>
    TakenOnce,

    /// <summary>What of a user a step took stands in the journal.</summary>
    JournaledRate,

    /// <summary>What a step passed over stands in the journal.</summary>
    JournaledUnfit,

    /// <summary>Who has sent much stands in the store.</summary>
    StoredBuckets,
}

/// <summary>Store and log without one of the guards, as one instance sees them.</summary>
internal sealed class Unguarded(ILaneStore store, IPromptLog log, Guard without) : ILaneStore, IPromptLog
{
    private readonly Dictionary<int, LaneMark> _believed = [];
    private readonly Dictionary<int, Dictionary<long, ulong>> _stored = [];
    private readonly Dictionary<int, long> _journalEnds = [];

    public async Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop)
    {
        var record = await store.AcquireAsync(lane, token, stop);
        _believed[lane] = new(token, record.Step);
        if (record.Head.IsEmpty) return record;
        var head = LaneHead.Decode(record.Head.Span)!;
        _stored[lane] = record.Outbox.Where(OutboxWriter.IsStep).SelectMany(entry => JournalRecord.Decode(entry.Record)!.Steps)
            .ToDictionary(step => step.Number, step => step.Lineage);
        _stored[lane][head.Number] = head.Lineage;
        return without == Guard.StoredBuckets ? record with { Head = (head with { Buckets = default }).Encode() } : record;
    }

    public async Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop)
    {
        var loaded = await store.LoadAsync(lane, users, dueThrough, dueMax, stop);
        return without == Guard.LoadedMark ? loaded with { Mark = _believed[lane] } : loaded;
    }

    public async Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop)
    {
        var mark = without is Guard.Token or Guard.StepNumber ? await store.LookAsync(lane, stop) : default;
        var written = without switch
        {
            Guard.StepNumber when mark.Token == token => With(step, mark.Step + 1, step.Head, step.Added),
            Guard.StoredSteps => With(step, step.Step, step.Head, [.. step.Added.Where(entry => !OutboxWriter.IsStep(entry))]),
            Guard.JournalPosition => With(step, step.Step, AtTheEnd(lane, step.Head), step.Added),
            _ => step,
        };
        var verdict = await store.PrepareAsync(lane, without == Guard.Token ? mark.Token : token, written, stop);
        if (verdict is PrepareVerdict.Prepared or PrepareVerdict.Already) _believed[lane] = new(token, step.Step);
        return verdict;
    }

    public async Task<LaneMark> LookAsync(int lane, CancellationToken stop) =>
        without is Guard.Token or Guard.StepNumber ? _believed[lane] : await store.LookAsync(lane, stop);

    public async Task<PublishResult> PublishAsync(IReadOnlyList<LanePublication> lanes, CancellationToken stop)
    {
        var result = await log.PublishAsync(lanes, stop);
        return (result.Verdict, without) switch
        {
            (PublishVerdict.Unknown, Guard.UnknownIsNoFailure) => PublishResult.Of(PublishVerdict.Aborted),
            (PublishVerdict.Unknown, Guard.UnknownIsNoSuccess) or (PublishVerdict.Aborted, Guard.TrimAfterCommit) =>
                new(PublishVerdict.Committed, [.. lanes.Select(_ => 0L)]),
            _ => result,
        };
    }

    public Task RecoverAsync(CancellationToken stop) => log.RecoverAsync(stop);

    public async Task<JournalTail> ReadJournalAsync(int lane, long from, CancellationToken stop)
    {
        var tail = await log.ReadJournalAsync(lane, from, stop);
        _journalEnds[lane] = tail.End;
        return without switch
        {
            Guard.Ledger => tail with { Records = [] },
            Guard.JournaledRate => With(tail, step => step with { UserRate = null }),
            Guard.JournaledUnfit => With(tail, step => step with { Unfit = [] }),
            Guard.JournaledTick => With(tail, step => step with { Tick = null }),
            Guard.HistoriesCompared when _stored.TryGetValue(lane, out var stored) =>
                With(tail, step => step with { Lineage = stored.GetValueOrDefault(step.Number, step.Lineage) }),
            _ => tail,
        };
    }

    private ReadOnlyMemory<byte> AtTheEnd(int lane, ReadOnlyMemory<byte> head)
    {
        var position = LaneHead.Decode(head.Span)!;
        return (position with { JournalFrom = Math.Max(position.JournalFrom, _journalEnds.GetValueOrDefault(lane)) }).Encode();
    }

    private static StepWrite With(StepWrite step, long number, ReadOnlyMemory<byte> head, IReadOnlyList<OutboxEntry> added) => new()
    {
        Step = number,
        StepId = step.StepId,
        Head = head,
        Users = step.Users,
        Added = added,
        Trimmed = step.Trimmed,
    };

    private static JournalTail With(JournalTail tail, Func<JournalStep, JournalStep> change) => tail with
    {
        Records =
        [
            .. tail.Records.Select(record => JournalRecord.Decode(record) is { } told
                ? (told with { Steps = [.. told.Steps.Select(change)] }).Encode() : record),
        ],
    };
}
