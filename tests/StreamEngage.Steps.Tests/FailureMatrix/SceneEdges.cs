using StreamEngage.Events;
using StreamEngage.Steps.Simulation;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>A store that is away, or slow for one lane, when the test says so. It heeds cancellation as a client does.</summary>
internal sealed class SceneStore(World world, Actor actor, ILaneStore store) : ILaneStore
{
    public bool IsDown { get; set; }

    public int? SlowLane { get; set; }

    /// <summary>Steps that were written, and those that were asked for again and had been written.</summary>
    public Dictionary<PrepareVerdict, int> Verdicts { get; } = [];

    /// <summary>Calls of a prepare that were not answered.</summary>
    public int Unanswered { get; private set; }

    public Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop) => CallAsync(lane, () => store.AcquireAsync(lane, token, stop), stop);

    public Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop) =>
        CallAsync(lane, () => store.LoadAsync(lane, users, dueThrough, dueMax, stop), stop);

    public async Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop)
    {
        try
        {
            var verdict = await CallAsync(lane, () => store.PrepareAsync(lane, token, step, stop), stop);
            Verdicts[verdict] = Verdicts.GetValueOrDefault(verdict) + 1;
            return verdict;
        }
        catch (StoreFailedException)
        {
            Unanswered++;
            throw;
        }
    }

    public Task<LaneMark> LookAsync(int lane, CancellationToken stop) => CallAsync(lane, () => store.LookAsync(lane, stop), stop);

    private async Task<T> CallAsync<T>(int lane, Func<Task<T>> call, CancellationToken stop)
    {
        if (SlowLane == lane) await world.Pause(actor, 30_000);
        if (IsDown)
        {
            await world.Pause(actor, 100);
            throw new StoreFailedException("the store is away");
        }
        var answer = await call();
        stop.ThrowIfCancellationRequested();
        return answer;
    }
}

/// <summary>A log whose brokers are away, or take nothing, when the test says so.</summary>
internal sealed class SceneLog(World world, Actor actor, IPromptLog log) : IPromptLog
{
    public bool IsDown { get; set; }

    public bool IsFull { get; set; }

    /// <summary>Publications that became visible.</summary>
    public int Committed { get; private set; }

    public async Task<PublishResult> PublishAsync(IReadOnlyList<LanePublication> lanes, CancellationToken stop)
    {
        if (IsDown || IsFull)
        {
            await world.Pause(actor, 100);
            return PublishResult.Of(IsDown ? PublishVerdict.Unknown : PublishVerdict.Aborted);
        }
        var result = await log.PublishAsync(lanes, stop);
        if (result.Verdict == PublishVerdict.Committed) Committed++;
        return result;
    }

    public async Task RecoverAsync(CancellationToken stop)
    {
        await world.Pause(actor, 10);
        if (IsDown) throw new LogFailedException("no broker answers");
        await log.RecoverAsync(stop);
    }

    public async Task<JournalTail> ReadJournalAsync(int lane, long from, CancellationToken stop)
    {
        await world.Pause(actor, 10);
        if (IsDown) throw new LogFailedException("no broker answers");
        return await log.ReadJournalAsync(lane, from, stop);
    }
}
