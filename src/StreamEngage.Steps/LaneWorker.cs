using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Steps.Observe;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>
/// One lane of this instance: acquires it, takes its records step by step, writes each step before anything of it is published, and starts over
/// whenever it is not certain to be the owner.
/// </summary>
/// <remarks>
/// <see cref="AdvanceAsync"/> is called again when it has ended, never twice at once, and always from the instance's loop. The inbox is touched by
/// that loop alone: here only before the first wait of a call.
/// </remarks>
internal sealed partial class LaneWorker
{
    /// <summary>Users who are due so soon are loaded with those due now, so that a tick mostly needs no store.</summary>
    private const long LookAheadMilliseconds = 5_000;

    /// <summary>Records that overflow come on top of a step's usual ones, so many times those at most.</summary>
    private const int OverflowedMax = 9;

    private const string Remedy =
        "when the input is right, restart this instance, which goes on behind what was refused; engine.quarantine.share_max: 1 lets everything pass";

    private readonly LaneParts _parts;
    private readonly StepWriter _writer;
    private readonly RefusalRate _refusals;
    private readonly Succession _succession;
    private readonly FaultSearch _faults = new();
    private readonly Queue<JournalStep> _replay = new();
    private HashSet<string> _published = [];
    private LaneEngine? _engine;
    private LaneTakeover? _takeover;
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
    private bool _isHeldBack;
    private int _overflowed;

    public LaneWorker(int lane, LaneParts parts)
    {
        Lane = lane;
        _parts = parts;
        _writer = new(parts, Outbox);
        _succession = new(parts);
        _refusals = new(parts.Settings.RefusedShareMax, parts.Settings.RefusedOfMin);
        Inbox = new(parts.Topics.Read.Count, parts.Settings.WaitingRecords, parts.Settings.WaitingBytes);
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

    /// <summary>What it decided may leave. So it may when it was parked for what it reads: a person needs the refused records to look at.</summary>
    public bool MayPublish => _engine is not null && State is (LaneState.Running or LaneState.Parked);

    public CountedLane Counted { get; private set; } = new();

    /// <summary>For people to look at.</summary>
    public LaneStatus Status() => new(Lane, State == LaneState.Running && Why is not null ? LaneState.Paused : State)
    {
        Why = Why,
        Step = _head?.Number ?? 0,
        Applied = _head?.Applied.ToString() ?? "",
        Journal = _head?.JournalFrom ?? 0,
        IsCaughtUp = Inbox.IsCaughtUp,
        LagRecords = Inbox.Count,
        LagMilliseconds = Inbox.Count == 0 || _newestTimestamp == 0 ? 0 : Math.Max(0, _parts.Time.GetUtcNow().ToUnixTimeMilliseconds() - _newestTimestamp),
        Outbox = Outbox.Count,
        CachedUsers = _engine?.CachedUsers ?? 0,
        Rulebook = _engine?.Reigns.Version ?? _head?.Rulebook ?? _parts.Text.Version,
    };

    /// <summary>The inbox was full and has no room yet: what one topic lacks does not come while the others' records wait.</summary>
    private bool GetsNoMore => IsPaused || Inbox.IsFull;

    private string? Why => Trouble.Length > 0 ? Trouble : _isHeldBack ? $"{Outbox.Count} entries wait to be published" : null;

    /// <summary>Gives up what is not written; the lane is acquired again if it stays assigned.</summary>
    public void Lose(string reason)
    {
        Tenure++;
        (_engine, _step, _takeover) = (null, null, null);
        if (State != LaneState.Parked) (State, Trouble) = (LaneState.Acquiring, reason);
    }

    /// <summary>Does the one thing that comes next, if its time has come: acquire, a step, or a look at the store.</summary>
    /// <returns>False when there was nothing to do.</returns>
    public async Task<bool> AdvanceAsync(CancellationToken stop)
    {
        var now = _parts.Time.GetUtcNow();
        if (State == LaneState.Parked || now < _notBefore) return false;
        try
        {
            if (_takeover is { } takeover) Begin(takeover);
            else if (State == LaneState.Acquiring) await AcquireAsync(stop);
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
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception fault)
        {
            Fail(fault);
            return true;
        }
    }

    /// <summary>
    /// The lane's edge: the others go on. A bug that some record meets costs that record; what else is wrong a person finds here. Where records move the clock
    /// a timer cannot be told from the record that made it fire.
    /// </summary>
    private void Fail(Exception fault)
    {
        var isOfStep = State == LaneState.Running && _parts.Settings.Ticks && fault is not OutOfMemoryException
            && _step is { Write: null } begun && !begun.Records.Exists(record => _parts.Topics.IsExchange(record.Topic));
        var verdict = isOfStep ? _faults.Take(_step!, _engine!.Clock, _parts.Time.GetUtcNow()) : FaultVerdict.NotOfARecord;
        if (verdict == FaultVerdict.Found) _parts.Watch?.Threw(Lane, _step!.Records[0], fault);
        if (verdict == FaultVerdict.NotOfARecord) Park($"lane {Lane} at {Applied}: {fault}");
        else Lose("the engine threw with a record: it is looked for, and the others are taken");
    }

    /// <summary>Stops the lane until a person has looked and the lane is dealt out anew.</summary>
    public void Park(string reason)
    {
        Lose(reason);
        State = LaneState.Parked;
    }

    /// <summary>Begins only with the next call: what a poll brings while this waits is of the place where the lane was read before.</summary>
    private async Task AcquireAsync(CancellationToken stop)
    {
        var tenure = ++Tenure;
        _token = _parts.NewToken();
        var takeover = await LaneTakeover.ReadAsync(Lane, _token, _parts, stop);
        if (tenure == Tenure) _takeover = takeover;
    }

    private void Begin(LaneTakeover takeover)
    {
        _takeover = null;
        var (record, head, journal) = (takeover.Record, takeover.Head, takeover.Journal);
        if (head is null)
        {
            Park(takeover.Problem!);
            return;
        }
        var (reigns, rulebook) = (takeover.Reigns!, takeover.Reigns!.Rulebook);
        var exchange = new LaneExchange(Lane, _parts.Lanes, rulebook) { Map = new(Lane, _parts.LaneOf) };
        var engine = new LaneEngine(reigns, _parts.NewDecoder(rulebook.Schema), exchange, _parts.Settings.CachedBytes, _parts.Topics.Decisions is not null);
        if (!engine.TryRestore(head.Source.Span, head.Exchange.Span, head.Buckets.Span))
        {
            Park("the lane's clock, held events or messages are broken, or of a newer version");
            return;
        }
        _published = [.. takeover.Told.SelectMany(part => part.Settled)];
        _replay.Clear();
        foreach (var step in takeover.Lost) _replay.Enqueue(step);
        // Of a lane that is built again nothing that waited is its own.
        if (record.Step > 0 && head.Number == 0) _published.UnionWith(record.Outbox.Select(entry => entry.Key));
        Outbox.Begin(record.Outbox, _published, _replay.Count > 0 ? head.JournalFrom : journal.End);
        (_engine, _head, _storeStep, _dueHorizon, _newestTimestamp) = (engine, head, record.Step, long.MinValue, 0);
        (_idleTick, Counted) = (_faults.Before, new());
        _lastTick = _lastLook = _lastStep = _parts.Time.GetUtcNow();
        Inbox.Clear();
        _parts.Input.Seek(Lane, head.Applied);
        (State, Trouble) = (_replay.Count > 0 ? LaneState.Replaying : LaneState.Running, "");
        if (reigns.Now.Number > 0) _parts.Watch?.Found(Lane, reigns.Now, _parts.Text.Version);
    }

    private void Reread()
    {
        Inbox.Clear();
        _parts.Input.Seek(Lane, _head!.Applied);
    }

    /// <summary>Gathers the next step. False when nothing is to be done.</summary>
    private bool TryBegin(DateTimeOffset now)
    {
        if (Inbox.ForgoneAt is { } place && _head!.Applied.Reaches(place)) Reread();
        else if (State == LaneState.Replaying) _step = NextToReplay();
        else if (HoldsBack()) return false;
        else _step = _head!.PendingTick is { } tick ? Ticking(new(tick)) : NextToTake(now);
        return _step is not null;
    }

    /// <summary>Too much waits to be published: nothing more is decided, by a record or a tick, until some of it has left.</summary>
    private bool HoldsBack()
    {
        var waiting = Outbox.Count;
        return _isHeldBack = waiting >= _parts.Settings.OutboxEntries || (_isHeldBack && waiting > _parts.Settings.OutboxResume);
    }

    /// <summary>Brings the step's records into the engine. False when the lane cannot go on.</summary>
    private async Task<bool> DecodeAsync(LaneStep step, LaneEngine engine, CancellationToken stop)
    {
        var isTold = step.Records.Count > 0 && _parts.Topics.IsExchange(step.Records[0].Topic);
        if (isTold && LaneMessage.IsOf(step.Records[0].Value, MessageKind.Rulebook)) return await SucceedAsync(step, engine);
        if (step.Records.Count > 0 && !isTold) await engine.PrepareAsync(step.Records, stop);
        var before = engine.Intake.Overflowed;
        foreach (var record in step.Records)
        {
            if ((isTold ? engine.Hear(record) : engine.Take(record, step.UserRate, step.Unfit)) is not { } decoded)
            {
                Park($"record {record.Offset} of {_parts.Topics.Exchange} was written by a newer version of the engine: run that one");
                return false;
            }
            if (decoded != Decoded.Event) step.Refused.Add((record, decoded));
        }
        step.Overflowed = (int)(engine.Intake.Overflowed - before);
        if (step.Told?.Tick is { } tick) step.Tick = engine.Pass(new EventTime(tick) + engine.Time.DisorderMilliseconds);
        return step.IsDecoded = true;
    }

    private async Task<bool> SucceedAsync(LaneStep step, LaneEngine engine)
    {
        var tenure = Tenure;
        var (next, problem) = await _succession.OfAsync(step.Records[0], engine);
        if (tenure != Tenure) return false;
        if (problem is not null) Park(problem);
        step.Change = next;
        return step.IsDecoded = problem is null;
    }

    private async Task StepAsync(CancellationToken stop)
    {
        var (tenure, step, engine) = (Tenure, _step!, _engine!);
        var began = _parts.Time.GetTimestamp();
        if (!step.IsDecoded && !await DecodeAsync(step, engine, stop)) return;
        if (step.Write is null)
        {
            if (tenure != Tenure || !await LoadAsync(step, engine, stop) || tenure != Tenure) return;
            step.Write = _writer.Run(step, engine, new(_token, _storeStep), _published);
        }
        // A step that has run is not cancelled: whoever stops the engine wants it finished, and the store has a time limit of its own.
        var verdict = await _parts.Store.PrepareAsync(Lane, _token, step.Write, CancellationToken.None);
        if (tenure != Tenure) return;
        if (verdict is PrepareVerdict.Prepared or PrepareVerdict.Already)
        {
            Written(step, engine);
            _parts.Watch?.Stepped(this, step, began);
            if (step.Told is null) Mind(step);
        }
        else if (verdict == PrepareVerdict.Fenced) Lose("another owner has the lane, or the store lost its last steps");
        else
        {
            Trouble = "the store refuses to write";
            _notBefore = _parts.Time.GetUtcNow() + _parts.Settings.Retry;
        }
    }

    private void Written(LaneStep step, LaneEngine engine)
    {
        _storeStep++;
        _head = step.Head;
        _overflowed = step.Overflowed;
        _faults.Passed(step.Applied);
        _lastStep = _parts.Time.GetUtcNow();
        Outbox.Written(step.Write!);
        _dueHorizon = Math.Min(_dueHorizon, engine.Done() - 1);
        if (step.Successor is { } successor)
        {
            (_engine, _dueHorizon, Counted) = (successor, long.MinValue, new());
            _parts.Watch?.Succeeded(Lane, successor.Reigns.Now);
        }
        _step = null;
        Trouble = "";
        if (step.Told is null) return;
        _replay.Dequeue();
        if (_replay.Count > 0) return;
        State = LaneState.Running;
        _published = [];
    }

    /// <summary>A few records that are no events are passed by. Many are a broken producer or schema, and each is a click that nobody counts.</summary>
    private void Mind(LaneStep step)
    {
        // Of what overflows only the first is quarantined, and nothing is wrong with it.
        _refusals.Add(step.Records.Count, step.Refused.Count(refused => refused.Reason != Decoded.TooManyOfUser), _parts.Time.GetUtcNow());
        if (!_refusals.IsHigh) return;
        (State, Trouble) = (LaneState.Parked, $"{_refusals} were refused: look at {_parts.Topics.Quarantine}; {Remedy}");
        _parts.Watch?.Quarantining(Lane, Trouble);
    }

    private async Task LookAsync(CancellationToken stop)
    {
        var tenure = Tenure;
        _lastLook = _parts.Time.GetUtcNow();
        var mark = await _parts.Store.LookAsync(Lane, stop);
        if (tenure == Tenure && mark != new LaneMark(_token, _storeStep)) Lose("the store does not have the lane's last step");
    }
}
