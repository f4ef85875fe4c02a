using StreamEngage.Events;
using StreamEngage.Testing;

namespace StreamEngage.Steps.Simulation;

/// <summary>The store as one instance reaches it: every call waits, and may get lost on either way.</summary>
internal sealed class SimulatedStore(World world, Actor actor, Faults faults, InMemoryLaneStore store) : ILaneStore
{
    public Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop) =>
        CallAsync(() => store.AcquireAsync(lane, token, stop));

    public Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop) =>
        CallAsync(() => store.LoadAsync(lane, users, dueThrough, dueMax, stop));

    public Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop) => CallAsync(async () =>
    {
        var verdict = faults.Strikes(Fault.StoreRefuses) ? PrepareVerdict.Refused : await store.PrepareAsync(lane, token, step, stop);
        var head = LaneHead.Decode(step.Head.Span)!;
        world.Note($"{actor.Name} lane {lane} {token} writes {step.Step}: number {head.Number}, applied {head.Applied}, "
            + $"pending {head.PendingTick % 1_000_000}, journal {head.JournalFrom}, "
            + $"adds {Keys(step.Added.Select(entry => entry.Key))}, trims {Keys(step.Trimmed)}, "
            + $"users [{string.Join(' ', step.Users.Select(user => $"{user.User}@{user.Due % 1_000_000}/{user.Record.Length}"))}]: {verdict}");
        return verdict;
    });

    public Task<LaneMark> LookAsync(int lane, CancellationToken stop) => CallAsync(() => store.LookAsync(lane, stop));

    public static string Keys(IEnumerable<string> keys) => $"[{string.Join(' ', keys.Select(key => key.Length > 20 ? key[..8] : key))}]";

    private async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        await world.Pause(actor, 1 + world.Fate.Below(4));
        if (faults.Strikes(Fault.StoreLostCall)) throw new StoreFailedException("the call got lost");
        var answer = await call();
        await world.Pause(actor, 1 + world.Fate.Below(4));
        return faults.Strikes(Fault.StoreLostReply) ? throw new StoreFailedException("the answer got lost") : answer;
    }
}

/// <summary>The logs as one instance publishes to them.</summary>
internal sealed class SimulatedPromptLog(World world, Actor actor, Faults faults, SimulatedInput input) : IPromptLog
{
    private readonly SimulatedBroker _broker = input.Broker;
    private int _epoch;

    public Guard? Without { get; init; }

    /// <summary>Told of what a publication begins with.</summary>
    public Action<Transaction, LanePublication>? Begun { get; init; }

    public async Task RecoverAsync(CancellationToken stop)
    {
        await world.Pause(actor, 1 + world.Fate.Below(5));
        _broker.Fence(actor.Name);
        _epoch++;
    }

    public bool IsAtLeastOnce { get; init; }

    public async Task<PublishResult> PublishAsync(IReadOnlyList<LanePublication> lanes, CancellationToken stop)
    {
        if (IsAtLeastOnce) return await SendAsync(lanes);
        var transaction = _broker.Begin(actor.Name, _epoch);
        // A lane that went and came back while this was under way is not the one that it was decided under.
        var memberships = lanes.Select(lane => (actor.Name, input.GenerationOf(lane.Lane))).ToList();
        var ends = new List<long>();
        foreach (var lane in lanes)
            Begun?.Invoke(transaction, lane);
        foreach (var lane in lanes)
        {
            foreach (var record in lane.Records) _broker.Publish(transaction, lane.Lane, record, world.Now);
            _broker.Journal[lane.Lane].Add((transaction, lane.Journal));
            ends.Add(_broker.Journal[lane.Lane].Count);
            await world.Pause(actor, 1 + world.Fate.Below(3));
        }
        if (faults.Strikes(Fault.Aborted)) return Abort(transaction, PublishVerdict.Aborted);
        if (transaction.State != TransactionState.Open) return PublishResult.Of(PublishVerdict.Unknown);
        if (Without != Guard.Generation && !lanes.Select(lane => _broker.Owner[lane.Lane]).SequenceEqual(memberships))
            return Abort(transaction, PublishVerdict.Fenced);
        foreach (var lane in lanes) transaction.Lanes.Add(lane.Lane);
        await world.Pause(actor, 1 + world.Fate.Below(3));
        if (transaction.State != TransactionState.Open) return PublishResult.Of(PublishVerdict.Unknown);
        if (faults.Strikes(Fault.CommitHangs))
        {
            transaction.IsCommitSent = world.Fate.Happens(50);
            await world.Pause(actor, 20);
            return PublishResult.Of(PublishVerdict.Unknown);
        }
        _broker.End(transaction, commits: true);
        foreach (var lane in lanes) world.Note($"{actor.Name} lane {lane.Lane} publishes {SimulatedStore.Keys(JournalRecord.Decode(lane.Journal)!.Settled)}");
        await world.Pause(actor, 1 + world.Fate.Below(3));
        return faults.Strikes(Fault.CommitLostReply) ? PublishResult.Of(PublishVerdict.Unknown) : new(PublishVerdict.Committed, ends);
    }

    public async Task<JournalTail> ReadJournalAsync(int lane, long from, CancellationToken stop)
    {
        do await world.Pause(actor, 1 + world.Fate.Below(5));
        while (Without != Guard.StableEnd && _broker.IsUnstable(lane));
        var end = _broker.Journal[lane].Count;
        world.Note($"{actor.Name} lane {lane} reads the journal from {from} to {end}");
        await world.Pause(actor, 1 + world.Fate.Below(5));
        var committed = _broker.Journal[lane].Take(end).Skip((int)from).Where(entry => entry.Transaction.State == TransactionState.Committed);
        return new([.. committed.Select(entry => entry.Record)], end);
    }

    /// <summary>Record by record, each visible at once; the journal behind what it lists.</summary>
    private async Task<PublishResult> SendAsync(IReadOnlyList<LanePublication> lanes)
    {
        var ends = new List<long>();
        foreach (var lane in lanes)
        {
            foreach (var record in lane.Records)
            {
                Visibly(sent => _broker.Publish(sent, lane.Lane, record, world.Now));
                if (faults.Strikes(Fault.Aborted)) return PublishResult.Of(PublishVerdict.Aborted);
                await world.Pause(actor, world.Fate.Below(3));
            }
            Visibly(sent => _broker.Journal[lane.Lane].Add((sent, lane.Journal)));
            ends.Add(_broker.Journal[lane.Lane].Count);
        }
        await world.Pause(actor, 1 + world.Fate.Below(3));
        return faults.Strikes(Fault.CommitLostReply) ? PublishResult.Of(PublishVerdict.Unknown) : new(PublishVerdict.Committed, ends);
    }

    private void Visibly(Action<Transaction> write)
    {
        var sent = _broker.Begin(actor.Name, _epoch);
        write(sent);
        _broker.End(sent, commits: true);
    }

    private PublishResult Abort(Transaction transaction, PublishVerdict verdict)
    {
        _broker.End(transaction, commits: false);
        return PublishResult.Of(verdict);
    }
}

/// <summary>The input as one member of the group sees it. It learns of what it lost only when it polls.</summary>
internal sealed class SimulatedInput(World world, Actor actor, SimulatedBroker broker) : IInputLog
{
    private readonly Dictionary<int, (int Generation, long[] Next, long NextTold, bool IsPaused, bool IsReading)> _lanes = [];
    private readonly Polled _polled = new();

    public Guard? Without { get; init; }

    /// <summary>Lanes that are to go with notice.</summary>
    public List<int> Leaving { get; } = [];

    public int Topics => broker.Topics + 1;

    /// <summary>Records of a lane that one poll brings at most.</summary>
    public int RecordsAPoll { get; set; } = 6;

    public SimulatedBroker Broker => broker;

    /// <summary>Of the lane as this member knows it; -1: it does not have it.</summary>
    public int GenerationOf(int lane) => _lanes.TryGetValue(lane, out var at) ? at.Generation : -1;

    public Func<IReadOnlyList<int>, Task>? Revoking { get; set; }

    public async Task<Polled> PollAsync(TimeSpan wait, int recordsMax, CancellationToken stop)
    {
        // What was read may be on its way for a while, and a lane sought meanwhile.
        var isEarly = world.Fate.Happens(20);
        if (!isEarly) await world.Pause(actor, 3 + world.Fate.Below(4 + (int)wait.TotalMilliseconds));
        _polled.Clear();
        if (Leaving.Count > 0) await LeaveAsync();
        for (var lane = 0; lane < broker.Lanes; lane++) Look(lane);
        foreach (var lane in _lanes.Keys.ToList()) Read(lane, recordsMax);
        if (isEarly) await world.Pause(actor, 3 + world.Fate.Below(4 + (int)wait.TotalMilliseconds));
        return _polled;
    }

    public void Seek(int lane, InputPosition from)
    {
        var group = broker.VisibleJournal(lane).SelectMany(told => told.Steps).LastOrDefault();
        if (Without == Guard.SeekToApplied && group is not null) from = group.Applied;
        if (_lanes.TryGetValue(lane, out var at))
            _lanes[lane] = at with
            {
                Next = [.. Enumerable.Range(0, broker.Topics).Select(topic => from[topic])],
                NextTold = from[broker.Topics],
                IsReading = true,
            };
    }

    public void Pause(int lane)
    {
        if (_lanes.TryGetValue(lane, out var at)) _lanes[lane] = at with { IsPaused = true };
    }

    public void Resume(int lane)
    {
        if (_lanes.TryGetValue(lane, out var at)) _lanes[lane] = at with { IsPaused = false };
    }

    public async Task<InputPosition> BeginningAsync(int lane, CancellationToken stop)
    {
        await world.Pause(actor, 1);
        return new(new long[Topics]);
    }

    private async Task LeaveAsync()
    {
        var leaving = Leaving.Where(_lanes.ContainsKey).ToList();
        Leaving.Clear();
        if (leaving.Count == 0) return;
        await Revoking!(leaving);
        foreach (var lane in leaving)
        {
            _lanes.Remove(lane);
            _polled.Revoked.Add(lane);
            if (broker.Owner[lane].Member == actor.Name) broker.Owner[lane] = ("", ++broker.Generation);
        }
    }

    private void Look(int lane)
    {
        var owner = broker.Owner[lane];
        var isMine = owner.Member == actor.Name;
        if (_lanes.TryGetValue(lane, out var at) && (!isMine || at.Generation != owner.Generation))
        {
            _lanes.Remove(lane);
            _polled.Lost.Add(lane);
        }
        if (!isMine || _lanes.ContainsKey(lane)) return;
        _lanes[lane] = (owner.Generation, new long[broker.Topics], 0, false, false);
        _polled.Assigned.Add(lane);
    }

    private void Read(int lane, int recordsMax)
    {
        var at = _lanes[lane];
        if (!at.IsReading || at.IsPaused) return;
        for (var topic = 0; topic < broker.Topics; topic++) Read(lane, topic, at.Next, recordsMax);
        var told = Math.Min(1 + world.Fate.Below(3), broker.StableEnd(lane) - (int)at.NextTold);
        foreach (var (transaction, record) in broker.Exchange[lane].Skip((int)at.NextTold).Take(told))
            if (transaction.State == TransactionState.Committed) _polled.Records.Add(Without == Guard.TakenOnce ? AsNew(record) : record);
        if (at.NextTold + told >= broker.Exchange[lane].Count) _polled.Ends.Add((lane, broker.Topics));
        _lanes[lane] = at with { NextTold = at.NextTold + Math.Max(0, told) };
    }

    private void Read(int lane, int topic, long[] next, int recordsMax)
    {
        var (input, at) = (broker.Inputs[topic][lane], (int)next[topic]);
        var records = Math.Max(0, Math.Min(Math.Min(recordsMax, 1 + world.Fate.Below(RecordsAPoll)), input.Count - at));
        for (var i = 0; i < records; i++) _polled.Records.Add(input[at + i]);
        next[topic] += records;
        if (next[topic] >= input.Count) _polled.Ends.Add((lane, topic));
    }

    /// <summary>Under a number by which nobody sees that it was there before.</summary>
    private static InputRecord AsNew(in InputRecord record) =>
        LaneMessage.Decode(record.Value) is { } message ? record with { Value = (message with { Number = record.Offset + 1 }).Encode() } : record;
}
