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

    /// <summary>What a lane is told twice it takes once.</summary>
    TakenOnce,

    /// <summary>What of a user a step took stands in the journal.</summary>
    JournaledRate,

    /// <summary>What a step passed over stands in the journal.</summary>
    JournaledUnfit,

    /// <summary>Who has sent much stands in the store.</summary>
    StoredBuckets,
}

/// <summary>A store without one of its guards, as one instance sees it.</summary>
internal sealed class UnguardedStore(ILaneStore store, Guard without) : ILaneStore
{
    private readonly Dictionary<int, LaneMark> _believed = [];

    public async Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop)
    {
        var record = await store.AcquireAsync(lane, token, stop);
        _believed[lane] = new(token, record.Step);
        return without == Guard.StoredBuckets && !record.Head.IsEmpty
            ? record with { Head = (LaneHead.Decode(record.Head.Span)! with { Buckets = default }).Encode() } : record;
    }

    public async Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop)
    {
        var loaded = await store.LoadAsync(lane, users, dueThrough, dueMax, stop);
        return without == Guard.LoadedMark ? loaded with { Mark = _believed[lane] } : loaded;
    }

    public async Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop)
    {
        var mark = without is Guard.Token or Guard.StepNumber ? await store.LookAsync(lane, stop) : default;
        var verdict = await store.PrepareAsync(
            lane, without == Guard.Token ? mark.Token : token, without == Guard.StepNumber && mark.Token == token ? At(step, mark.Step + 1) : step, stop);
        if (verdict is PrepareVerdict.Prepared or PrepareVerdict.Already) _believed[lane] = new(token, step.Step);
        return verdict;
    }

    public async Task<LaneMark> LookAsync(int lane, CancellationToken stop) =>
        without is Guard.Token or Guard.StepNumber ? _believed[lane] : await store.LookAsync(lane, stop);

    private static StepWrite At(StepWrite step, long number) => new()
    {
        Step = number,
        StepId = step.StepId,
        Head = step.Head,
        Users = step.Users,
        Added = step.Added,
        Trimmed = step.Trimmed,
    };
}

/// <summary>A log without one of its guards.</summary>
internal sealed class UnguardedLog(IPromptLog log, Guard without) : IPromptLog
{
    public async Task<PublishResult> PublishAsync(IReadOnlyList<LanePublication> lanes, CancellationToken stop)
    {
        var result = await log.PublishAsync(lanes, stop);
        if (result.Verdict != PublishVerdict.Unknown) return result;
        return without switch
        {
            Guard.UnknownIsNoFailure => PublishResult.Of(PublishVerdict.Aborted),
            Guard.UnknownIsNoSuccess => new(PublishVerdict.Committed, [.. lanes.Select(_ => 0L)]),
            _ => result,
        };
    }

    public Task RecoverAsync(CancellationToken stop) => log.RecoverAsync(stop);

    public async Task<JournalTail> ReadJournalAsync(int lane, long from, CancellationToken stop)
    {
        var tail = await log.ReadJournalAsync(lane, from, stop);
        return without switch
        {
            Guard.Ledger => tail with { Records = [] },
            Guard.JournaledRate => With(tail, step => step with { UserRate = null }),
            Guard.JournaledUnfit => With(tail, step => step with { Unfit = [] }),
            _ => tail,
        };
    }

    private static JournalTail With(JournalTail tail, Func<JournalStep, JournalStep> change) => tail with
    {
        Records =
        [
            .. tail.Records.Select(record => JournalRecord.Decode(record) is { } told
                ? (told with { Steps = [.. told.Steps.Select(change)] }).Encode() : record),
        ],
    };
}
