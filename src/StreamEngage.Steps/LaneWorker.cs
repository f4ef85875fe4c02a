using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Steps;

/// <summary>
/// One lane of this instance: acquires it, takes its records step by step, writes each step before anything of it is published, and starts over
/// whenever it is not certain to be the owner.
/// </summary>
/// <remarks>
/// <see cref="AdvanceAsync"/> is called again when it has ended, never twice at once. What the input brings is put in between calls, or while
/// one waits for the store, when nothing here touches the inbox: it is emptied by <see cref="Settle"/> only.
/// </remarks>
internal sealed class LaneWorker
{
    /// <summary>Users who are due so soon are loaded with those due now, so that a tick mostly needs no store.</summary>
    private const long LookAheadMilliseconds = 5_000;

    private readonly LaneParts _parts;
    private readonly OutboxWriter _writer;
    private readonly Queue<JournalStep> _replay = new();
    private HashSet<string> _published = [];
    private LaneEngine? _engine;
    private string _token = "";
    private long _storeStep;
    private LaneHead? _head;
    private LaneStep? _step;
    private long _newestTimestamp;
    private long _dueHorizon;
    private DateTimeOffset _notBefore;
    private DateTimeOffset _lastTick;
    private DateTimeOffset _lastLook;
    private DateTimeOffset _lastStep;
    private EventTime _idleTick = EventTime.Beginning;
    private bool _isSeekDue;
    private string? _doubt;

    public LaneWorker(int lane, LaneParts parts)
    {
        Lane = lane;
        _parts = parts;
        _writer = new(parts.Topics);
        Inbox = new(parts.Topics.Inputs.Count);
    }

    public int Lane { get; }

    public LaneState State { get; private set; }

    /// <summary>Why it is parked, or why it waits; empty while all is well.</summary>
    public string Trouble { get; private set; } = "";

    public LaneInbox Inbox { get; }

    public LaneOutbox Outbox { get; } = new();

    /// <summary>Changes with each acquisition: what was begun under another one is of no use any more.</summary>
    public int Tenure { get; private set; }

    public LaneEngine? Engine => _engine;

    public InputPosition? Applied => _head?.Applied;

    public bool IsPaused { get; set; }

    /// <summary>What the meters have of its engine.</summary>
    public CountedLane Counted { get; private set; } = new();

    /// <summary>The lane for people to look at.</summary>
    public LaneStatus Status() => new(Lane, State == LaneState.Running && Trouble.Length > 0 ? LaneState.Paused : State)
    {
        Why = Trouble.Length == 0 ? null : Trouble,
        Step = _head?.Number ?? 0,
        Applied = _head?.Applied.ToString() ?? "",
        Journal = _head?.JournalFrom ?? 0,
        IsCaughtUp = Inbox.IsCaughtUp,
        LagRecords = Inbox.Count,
        LagMilliseconds = Inbox.Count == 0 || _newestTimestamp == 0 ? 0 : Math.Max(0, _parts.Time.GetUtcNow().ToUnixTimeMilliseconds() - _newestTimestamp),
        Outbox = Outbox.Count,
        CachedUsers = _engine?.CachedUsers ?? 0,
        Rulebook = _parts.RulebookVersion,
    };

    /// <summary>It runs, and nothing speaks against it.</summary>
    public bool IsSure => State == LaneState.Running && _doubt is null;

    /// <summary>Gives up what is not written; the lane is acquired again if it stays assigned. Not while a call is under way that matters.</summary>
    public void Lose(string reason)
    {
        if (State == LaneState.Parked) return;
        (State, Trouble) = (LaneState.Acquiring, reason);
        Tenure++;
        _engine = null;
        _step = null;
    }

    /// <summary>The lane is to be acquired again as soon as the call under way has ended.</summary>
    public void Doubt(string reason) => _doubt ??= reason;

    /// <summary>
    /// Between two polls and two calls: what a poll brought that began before the lane was acquired belongs to where the lane stood then, so it is
    /// left out, and only from here on the input is read at the new place.
    /// </summary>
    public void Settle()
    {
        if (_doubt is { } doubt) Lose(doubt);
        _doubt = null;
        if (!_isSeekDue || _head is null || State is LaneState.Acquiring or LaneState.Parked) return;
        _isSeekDue = false;
        Inbox.Clear();
        _parts.Input.Seek(Lane, _head.Applied);
    }

    /// <summary>Does the one thing that comes next, if its time has come: acquire, a step, or a look at the store.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public async Task<bool> AdvanceAsync(CancellationToken stop)
    {
        var now = _parts.Time.GetUtcNow();
        if (State == LaneState.Parked || now < _notBefore) return false;
        try
        {
            if (State == LaneState.Acquiring) await AcquireAsync(stop);
            else if (_step is not null || TryBegin(now)) await StepAsync(stop);
            else if (now - _lastLook >= _parts.Settings.Heartbeat) await LookAsync(stop);
            else return false;
            return true;
        }
        catch (Exception failed) when (failed is StoreFailedException or LogFailedException)
        {
            Trouble = failed.Message;
            _notBefore = _parts.Time.GetUtcNow() + _parts.Settings.Retry;
            _parts.Watch?.Failed(failed);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // The lane's edge: the others go on, and a person finds here what happened.
            Park($"lane {Lane} at {Applied}: {fault}");
            return true;
        }
    }

    /// <summary>Stops the lane until a person has looked and the lane is dealt out anew.</summary>
    public void Park(string reason)
    {
        Lose(reason);
        State = LaneState.Parked;
    }

    private async Task AcquireAsync(CancellationToken stop)
    {
        var tenure = ++Tenure;
        _token = _parts.NewToken();
        var record = await _parts.Store.AcquireAsync(Lane, _token, stop);
        var head = record.Head.IsEmpty ? null : LaneHead.Decode(record.Head.Span);
        if (head is null && !record.Head.IsEmpty)
        {
            Park("the lane was written by a newer version of the engine");
            return;
        }
        var journal = await _parts.Log.ReadJournalAsync(Lane, head?.JournalFrom ?? 0, stop);
        if (head is not null && Differ(head, record.Outbox, journal))
        {
            // What a zombie wrote can never be published: the lane is built again, from the beginning, in another epoch.
            journal = await _parts.Log.ReadJournalAsync(Lane, 0, stop);
            head = Fresh(await _parts.Input.BeginningAsync(Lane, stop)) with { Epoch = head.Epoch + 1 };
        }
        head ??= Fresh(await _parts.Input.BeginningAsync(Lane, stop));
        if (tenure != Tenure) return;
        if (head.Applied.Count == _parts.Topics.Inputs.Count) Begin(record, head, journal);
        else Park($"the lane was written with {head.Applied.Count} input topics, the settings name {_parts.Topics.Inputs.Count}");
    }

    /// <summary>The store and the journal tell of different steps under one number.</summary>
    private static bool Differ(LaneHead head, IReadOnlyList<OutboxEntry> outbox, JournalTail journal)
    {
        var stored = outbox.Where(OutboxWriter.IsStep).SelectMany(entry => JournalRecord.Decode(entry.Record)!.Steps)
            .ToDictionary(step => step.Number, step => step.Lineage);
        stored[head.Number] = head.Lineage;
        return Told(journal).SelectMany(part => part.Steps).Any(step => stored.TryGetValue(step.Number, out var lineage) && lineage != step.Lineage);
    }

    private static IEnumerable<JournalRecord> Told(JournalTail journal) => journal.Records.Select(JournalRecord.Decode).OfType<JournalRecord>();

    private LaneHead Fresh(InputPosition beginning) =>
        new() { Number = 0, Applied = beginning, Source = default, Rulebook = _parts.RulebookVersion };

    private void Begin(LaneRecord record, LaneHead head, JournalTail journal)
    {
        var engine = new LaneEngine(_parts.Rulebook, _parts.NewDecoder(), _parts.Settings.CachedBytes, _parts.Topics.Decisions is not null);
        if (!head.Source.IsEmpty && !engine.TryRestore(head.Source.Span))
        {
            Park("the lane's clock and held events are broken, or of a newer version");
            return;
        }
        var told = Told(journal).ToList();
        _published = [.. told.SelectMany(part => part.Settled)];
        _replay.Clear();
        // The same step stands twice where a publication was repeated without a transaction.
        foreach (var step in told.SelectMany(part => part.Steps).Where(step => step.Number > head.Number).DistinctBy(step => step.Number).OrderBy(step => step.Number))
            _replay.Enqueue(step);
        // Of a lane that is built again nothing that waited is its own.
        if (record.Step > 0 && head.Number == 0) _published.UnionWith(record.Outbox.Select(entry => entry.Key));
        Outbox.Begin(record.Outbox, _published, _replay.Count > 0 ? head.JournalFrom : journal.End);
        (_engine, _head, _storeStep, _dueHorizon, _newestTimestamp) = (engine, head, record.Step, long.MinValue, 0);
        _idleTick = EventTime.Beginning;
        _lastTick = _lastLook = _lastStep = _parts.Time.GetUtcNow();
        Counted = new();
        _isSeekDue = true;
        (State, Trouble) = (_replay.Count > 0 ? LaneState.Replaying : LaneState.Running, "");
    }

    /// <summary>Gathers the next step. False when nothing is to be done.</summary>
    private bool TryBegin(DateTimeOffset now)
    {
        if (State == LaneState.Replaying) _step = NextToReplay();
        else _step = _head!.PendingTick is { } tick ? Ticking(new(tick)) : NextToTake(now);
        return _step is not null;
    }

    /// <summary>The records of the next journaled step, in the order they had: all of them, or the first part of many.</summary>
    private LaneStep? NextToReplay()
    {
        var told = _replay.Peek();
        var step = new LaneStep(_head!);
        Take(step, told.Applied);
        // A topic may end before the place that the journal names: its newest records were removed.
        var isWhole = Inbox.IsBehind(step.Applied, told.Applied);
        if (!isWhole) return step.Records.Count == 0 ? null : step;
        step.Applied = told.Applied;
        step.Told = told;
        step.Number = told.Number;
        return step;
    }

    private LaneStep? NextToTake(DateTimeOffset now)
    {
        if (_parts.Settings.Ticks && now - _lastTick >= _parts.Settings.Tick)
        {
            _lastTick = now;
            if (NextTick(now) is { } tick) return Ticking(tick);
        }
        if (Inbox.Count == 0 && now - _lastStep >= _parts.Settings.Heartbeat && Outbox.Settled().Keys.Count > 0) return new(_head!);
        if (Inbox.Count == 0 || Outbox.Count >= _parts.Settings.OutboxEntries) return null;
        // Ticks that found nothing to do were not written; an event that comes after them must find the clock where they left it.
        if (_idleTick > _engine!.Clock) return Ticking(_idleTick);
        var step = new LaneStep(_head!) { Number = _head!.Number + 1 };
        Take(step, until: null);
        return step.Records.Count == 0 ? null : step;
    }

    /// <summary>
    /// The wall clock where everything that arrived is applied, else the broker's time of the newest record: after an outage nothing fires before
    /// what may cancel it has been read. Null: nothing is due by then.
    /// </summary>
    private EventTime? NextTick(DateTimeOffset now)
    {
        var progress = Inbox.IsCaughtUp ? now.ToUnixTimeMilliseconds() : _newestTimestamp;
        var tick = new EventTime(progress) - _parts.Rulebook.Time.DisorderMilliseconds;
        if (progress == 0 || tick <= _engine!.Clock) return null;
        if (_engine.HasDue(tick) || tick.UnixMilliseconds > _dueHorizon) return tick;
        if (Inbox.IsCaughtUp) _idleTick = tick;
        return null;
    }

    private LaneStep Ticking(EventTime towards) => new(_head!) { Number = _head!.Number + 1, Towards = towards };

    private void Take(LaneStep step, InputPosition? until)
    {
        // A full inbox is paused, so what one topic lacks would never come.
        var isFull = Inbox.Count >= _parts.Settings.WaitingRecords;
        while (step.Records.Count < _parts.Settings.BatchRecords && Inbox.TryTake(step.Applied, until, isFull, out var record))
        {
            // Read again from an earlier place, it may come with what is applied already.
            if (record.Offset < step.Applied[record.Topic]) continue;
            step.Applied = step.Applied.With(record.Topic, record.Offset + 1);
            _newestTimestamp = Math.Max(_newestTimestamp, record.Timestamp);
            step.Records.Add(record);
        }
    }

    private async Task DecodeAsync(LaneStep step, LaneEngine engine, CancellationToken stop)
    {
        if (step.Records.Count > 0) await engine.PrepareAsync(step.Records, stop);
        foreach (var record in step.Records)
        {
            var decoded = engine.Take(record);
            if (decoded != Decoded.Event) step.Refused.Add((record, decoded));
        }
        if (step.Told?.Tick is { } tick) step.Tick = engine.Pass(new EventTime(tick) + _parts.Rulebook.Time.DisorderMilliseconds);
        step.IsDecoded = true;
    }

    private async Task StepAsync(CancellationToken stop)
    {
        var (tenure, step, engine) = (Tenure, _step!, _engine!);
        var began = _parts.Time.GetTimestamp();
        if (!step.IsDecoded) await DecodeAsync(step, engine, stop);
        if (step.Write is null)
        {
            if (tenure != Tenure || !await LoadAsync(step, engine, stop) || tenure != Tenure) return;
            step.Write = Run(step, engine);
        }
        var verdict = await _parts.Store.PrepareAsync(Lane, _token, step.Write, stop);
        if (tenure != Tenure) return;
        if (verdict is PrepareVerdict.Prepared or PrepareVerdict.Already)
        {
            Written(step, engine);
            _parts.Watch?.Stepped(this, step, began);
        }
        else if (verdict == PrepareVerdict.Fenced) Lose("another owner has the lane, or the store lost its last steps");
        else
        {
            Trouble = "the store refuses to write";
            _notBefore = _parts.Time.GetUtcNow() + _parts.Settings.Retry;
        }
    }

    /// <summary>Brings into memory whom the step's records and instants concern. False when the lane cannot go on.</summary>
    private async Task<bool> LoadAsync(LaneStep step, LaneEngine engine, CancellationToken stop)
    {
        if (step is { Towards: { } towards, Tick: null } && !await ReachAsync(step, engine, towards, stop)) return false;
        var target = EventTime.Max(engine.Clock, step.Tick ?? EventTime.Beginning).UnixMilliseconds;
        // Records cannot be given back, so whoever is due among them is needed, however many they are.
        for (var dueMax = _parts.Settings.DueUsers; ; dueMax *= 2)
        {
            var missing = engine.Missing();
            var wantsDue = target > _dueHorizon && step.PendingTick is null;
            if (missing.Count == 0 && !wantsDue) return true;
            var loaded = await _parts.Store.LoadAsync(Lane, missing, wantsDue ? target + LookAheadMilliseconds : null, dueMax, stop);
            if (!Bring(step, engine, missing, loaded)) return false;
            if (wantsDue) _dueHorizon = loaded.Due.Count == dueMax ? loaded.Due[^1].Due - 1 : target + LookAheadMilliseconds;
        }
    }

    /// <summary>
    /// Ticks as far as the users allow who can be loaded at once: to the last one's due time, since each is decided at its own. Where the first is a
    /// misfire all are decided at the tick itself, so the step goes there at once and the next one again, for the others.
    /// </summary>
    private async Task<bool> ReachAsync(LaneStep step, LaneEngine engine, EventTime towards, CancellationToken stop)
    {
        var reach = towards;
        if (towards.UnixMilliseconds > _dueHorizon)
        {
            var through = towards.UnixMilliseconds + LookAheadMilliseconds;
            var loaded = await _parts.Store.LoadAsync(Lane, [], through, _parts.Settings.DueUsers, stop);
            if (!Bring(step, engine, [], loaded)) return false;
            var isFull = loaded.Due.Count == _parts.Settings.DueUsers;
            _dueHorizon = isFull ? loaded.Due[^1].Due - 1 : through;
            if (_dueHorizon < towards.UnixMilliseconds)
            {
                step.PendingTick = towards;
                var isMisfire = towards.UnixMilliseconds - loaded.Due[0].Due > _parts.Rulebook.Time.MisfireAfterMilliseconds;
                if (!isMisfire) reach = EventTime.Max(engine.Clock, new(loaded.Due[^1].Due));
            }
        }
        step.Tick = engine.Pass(reach + _parts.Rulebook.Time.DisorderMilliseconds);
        return true;
    }

    private bool Bring(LaneStep step, LaneEngine engine, List<Utf8Text> missing, LoadedUsers loaded)
    {
        if (loaded.Mark != new LaneMark(_token, _storeStep))
        {
            Lose("another owner has the lane, or the store lost its last steps");
            return false;
        }
        for (var i = 0; i < missing.Count; i++)
            if (!Bring(engine, missing[i], loaded.Records[i])) return false;
        foreach (var due in loaded.Due)
        {
            if (!Bring(engine, due.User, due.Record)) return false;
            if (!LaneEngine.IsOwn(due.Record.Span, _head!.Epoch)) step.Strangers.Add(due.User);
        }
        return true;
    }

    private bool Bring(LaneEngine engine, Utf8Text user, ReadOnlyMemory<byte> record)
    {
        if (engine.TryBring(user, record.Span, _head!.Epoch)) return true;
        Park("a user's record is broken, or was written by a newer version of the engine");
        return false;
    }

    private StepWrite Run(LaneStep step, LaneEngine engine)
    {
        var output = engine.Run(step.Tick);
        var (settled, journalFrom) = Outbox.Settled();
        var next = _head!.NextEntry;
        var added = new List<OutboxEntry>();
        foreach (var (record, refused) in step.Refused) added.Add(_writer.Refused(record, refused, next++));
        foreach (var prompt in output.Prompts) added.Add(_writer.Prompt(prompt, next++));
        if (_parts.Topics.Decisions is not null)
            foreach (var decision in output.Decisions) added.Add(_writer.Decision(decision, next++));
        var journaled = step.Told ?? JournalStep.After(_head.Lineage, step.Number, step.Applied, step.Tick?.UnixMilliseconds, _parts.RulebookVersion);
        if (step.IsNumbered && step.Told is null) added.Add(OutboxWriter.Step(journaled, next++));
        if (_published.Count > 0) added.RemoveAll(entry => _published.Contains(entry.Key));
        step.Head = new()
        {
            Number = step.Number,
            Lineage = step.IsNumbered ? journaled.Lineage : _head.Lineage,
            Epoch = _head.Epoch,
            Applied = step.Applied,
            Source = engine.Source(),
            PendingTick = step.PendingTick?.UnixMilliseconds,
            NextEntry = next,
            JournalFrom = journalFrom,
            Rulebook = _parts.RulebookVersion,
        };
        return new()
        {
            Step = _storeStep + 1,
            StepId = $"{_token}:{_storeStep + 1}",
            Head = step.Head.Encode(),
            Users = Changes(step, engine),
            Added = added,
            Trimmed = settled,
        };
    }

    private List<UserWrite> Changes(LaneStep step, LaneEngine engine)
    {
        var changes = engine.Changes(_head!.Epoch);
        if (step.Strangers.Count == 0) return changes;
        var changed = changes.Select(change => change.User).ToHashSet();
        changes.AddRange(step.Strangers.Where(changed.Add).Select(stranger => new UserWrite(stranger, default, null)));
        return changes;
    }

    private void Written(LaneStep step, LaneEngine engine)
    {
        _storeStep++;
        _head = step.Head;
        _lastStep = _parts.Time.GetUtcNow();
        Outbox.Written(step.Write!);
        _dueHorizon = Math.Min(_dueHorizon, engine.Done() - 1);
        _step = null;
        Trouble = "";
        if (step.Told is null) return;
        _replay.Dequeue();
        if (_replay.Count > 0) return;
        State = LaneState.Running;
        _published = [];
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var tenure = Tenure;
        _lastLook = _parts.Time.GetUtcNow();
        var mark = await _parts.Store.LookAsync(Lane, stop);
        if (tenure == Tenure && mark != new LaneMark(_token, _storeStep)) Lose("the store does not have the lane's last step");
    }
}
