using StreamEngage.Decide;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>
/// The embedded engine: one source, decoded and placed in time, over any number of lanes that share its clock, so that the number of lanes
/// shows in nothing that comes out. Single-threaded; waits for nothing.
/// </summary>
internal sealed partial class PipelineRun
{
    private readonly EventBatch _batch = new();
    private readonly EventBatch[] _laneBatches;
    private readonly StepOutput _output;
    private readonly OrderedOutput _ordered = new();
    private readonly List<PipelineReign> _ended = [];
    private PipelineReign _now;
    private JsonEventDecoder _json;
    private AvroEventDecoder _avro;

    public PipelineRun(CompiledRulebook rulebook, int lanes = 1, bool wantsDecisions = true)
    {
        _now = new(rulebook, Tenure.FromBeginning(rulebook.Layout), lanes);
        _json = new(rulebook.Schema);
        _avro = new(rulebook.Schema);
        _laneBatches = [.. Enumerable.Range(0, lanes).Select(_ => new EventBatch())];
        _output = new() { WantsDecisions = wantsDecisions };
    }

    /// <summary>Events of a batch: how many are gathered before they are processed. Shows in nothing that comes out.</summary>
    public int BatchEvents { get; init; } = Limits.BatchEventsMax;

    /// <summary>Receives the commands, in order.</summary>
    public Action<PromptCommand> Prompt { get; init; } = _ => { };

    /// <summary>Receives the decisions, in order; none unless they are wanted.</summary>
    public Action<DecisionRecord> Decision { get; init; } = _ => { };

    public EventIntake Intake => _now.Intake;

    public IntakeCounters Counters { get; } = new();

    public IReadOnlyList<Lane> Lanes => _now.Lanes;

    public EventTime Clock => Intake.Clock.Now;

    /// <summary>What came of prompts so far, and the version of it that decisions read.</summary>
    public PipelineStatistics Statistics => _now.Statistics;

    /// <summary>Takes in one JSON line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="ingested">When it was taken in.</param>
    /// <returns><see cref="Decoded.Event"/>, or why the line belongs in quarantine.</returns>
    public Decoded Offer(ReadOnlySpan<byte> line, EventTime ingested)
    {
        var decoded = _json.TryDecode(line, _batch, out var e, out var properties);
        if (decoded == Decoded.Event && TryChangeBefore(e, ingested)) decoded = _json.TryDecode(line, _batch, out e, out properties);
        return decoded == Decoded.Event ? Offer(e, properties, ingested) : Counters.Refuse(decoded);
    }

    /// <summary>Takes in one Avro datum.</summary>
    /// <param name="reader">Reads what the datum's writer wrote as <see cref="AvroSchemas.BehaviorEvent"/>.</param>
    /// <param name="datum">The datum, nothing after it.</param>
    /// <param name="ingested">When it was taken in.</param>
    /// <returns><see cref="Decoded.Event"/>, or why the datum belongs in quarantine.</returns>
    public Decoded Offer(AvroReader reader, ReadOnlySpan<byte> datum, EventTime ingested)
    {
        var decoded = _avro.TryDecode(reader, datum, _batch, out var e, out var properties);
        if (decoded == Decoded.Event && TryChangeBefore(e, ingested)) decoded = _avro.TryDecode(reader, datum, _batch, out e, out properties);
        return decoded == Decoded.Event ? Offer(e, properties, ingested) : Counters.Refuse(decoded);
    }

    /// <summary>Processes what is gathered and hands over what is decided for good.</summary>
    public void Flush()
    {
        Process(tick: null);
        Release();
    }

    /// <summary>Live time: the clock moves to <paramref name="at"/> less the disorder, and what is due fires.</summary>
    public void Tick(EventTime at)
    {
        var clock = EventTime.Max(Clock, at - Rulebook.Time.DisorderMilliseconds);
        ChangeThrough(clock);
        Intake.Pass(clock, _batch);
        Process(clock);
        Release();
    }

    /// <summary>
    /// The input has ended: what was held is applied and the timers due at or before the clock fire; drained, the clock moves on until none is left.
    /// </summary>
    public void End(bool drain)
    {
        foreach (var held in Intake.Held.TakeLast(1)) ChangeThrough(held.At);
        Intake.ReleaseAll(_batch);
        Process(Clock);
        if (drain)
        {
            ChangeThrough(new(long.MaxValue));
            Drain();
        }
        _ordered.ReleaseAll(Prompt, Decision);
    }

    /// <summary>The input stops here for now: nothing is applied or fired that an event to come could still change.</summary>
    public void Suspend()
    {
        Process(tick: null);
        _ordered.ReleaseAll(Prompt, Decision);
    }

    /// <summary>
    /// Writes every user's record and, beside them, where the source stands: its clock and the events it holds. What was gathered is processed first.
    /// </summary>
    public void Save(IUserStateStore store, RecordWriter source)
    {
        Flush();
        SaveUsers(store);
        PipelineRunCodec.Write(_now, source);
    }

    /// <summary>
    /// Goes on from what <see cref="Save"/> wrote. The number of lanes may be another; another rulebook begins where the source stands, as after
    /// <see cref="ChangeAt"/>.
    /// </summary>
    /// <returns>Null, or what is wrong: a record that is broken or of a newer version. The run is not to be used then.</returns>
    public string? Load(IUserStateStore store, ReadOnlySpan<byte> source)
    {
        if (!PipelineRunCodec.TryRead(source, Rulebook, Intake, out var run))
            return "the source's clock and held events are broken, or of a newer version";
        if (run is not null)
        {
            Install(NewReign(Rulebook.Definition, run.Tenure, Clock));
            PipelineRunCodec.TryRead(source, Rulebook, Intake, out _);
        }
        if (LoadUsers(store) is { } problem) return problem;
        if (run is { Statistics.IsEmpty: false } && !_now.Statistics.TryRead(run.Statistics.Span))
            return "what came of earlier prompts is broken, or of a newer version";
        Begin();
        return null;
    }

    /// <summary>Sum over the lanes of what a counter counted.</summary>
    public long Sum(Func<LaneCounters, long> counter) => _ended.Append(_now).Sum(reign => reign.Lanes.Sum(lane => counter(lane.Counters)));

    /// <summary>Verdicts of a trigger of that name, over all lanes and all rulebooks that were in force.</summary>
    public long Sum(string trigger, Func<VerdictTally, int, long> count) => _ended.Append(_now).Sum(reign => reign.Sum(trigger, count));

    private Decoded Offer(in DecodedEvent e, in PropertyRun properties, EventTime ingested)
    {
        var verdict = Intake.Offer(e, properties, ingested, _batch);
        if (verdict == Admission.FromTheFuture) return Counters.Refuse(Decoded.FromTheFuture);
        if (verdict == Admission.TooLate) Counters.Late++;
        else Counters.Admitted++;
        if (_batch.IsFull || _batch.Count >= BatchEvents) Flush();
        return Decoded.Event;
    }

    private void Process(EventTime? tick)
    {
        if (_now.Lanes.Length == 1 && !_now.Learns) Process(0, _batch, Clock, tick);
        else
        {
            foreach (ref readonly var e in _batch.Events)
            {
                if (_now.Learns && e.Clock >= NextStep) StepTo(e.Clock);
                Deal(e);
            }
            if (_now.Learns && Clock >= NextStep) StepTo(Clock);
            ProcessLanes(Clock, tick);
        }
        _batch.Clear();
    }

    /// <summary>
    /// To the lane of whose event it is. One that changes whose other events are waits until all lanes stand where it stands, since it may touch two.
    /// </summary>
    private void Deal(in BehaviorEvent e)
    {
        var lane = LaneOf(e.UserHash);
        var isBarrier = _now.Identities[lane].Concerns(e);
        if (isBarrier) ProcessLanes(e.Clock, tick: null);
        if (_now.Lanes[lane].HasMarked && _now.Lanes[lane].Users.Find(e.User, e.UserHash) is { IsMarked: true } met) DealToOwner(e, lane, met);
        else _laneBatches[lane].Add(e);
        if (isBarrier) ProcessLanes(e.Clock, tick: null);
    }

    private void DealToOwner(in BehaviorEvent e, int lane, UserState met)
    {
        if (!_now.Identities[lane].TryFollow(e, met, out var owner)) _now.Lanes[lane].Counters.ErasedIgnored++;
        else _laneBatches[LaneOf(owner.Hash)].Add(new BehaviorEvent(e, owner.Id, owner.Hash));
    }

    /// <summary>All lanes come to each step of the statistics on the way, and go on only when its version is the one in force for all of them.</summary>
    private void StepTo(EventTime clock)
    {
        if (Told is not null) FollowTo(clock);
        else while (Statistics.NextStep <= clock)
        {
            ProcessLanes(Statistics.NextStep, tick: null);
            Freeze();
            Statistics.PassTo(new(Math.Min(clock.UnixMilliseconds, _now.EarliestTimer)));
        }
    }

    private void Drain()
    {
        foreach (var pipeline in _now.Pipelines) pipeline.EndInput();
        // Where decisions depend on the statistics the lanes go on side by side, else one after the other.
        if (Told is not null) FollowTo(new(long.MaxValue));
        else while (_now.Learns && _now.EarliestTimer is < long.MaxValue and var earliest)
            StepTo(EventTime.Max(Statistics.NextStep, Statistics.StepAfter(new(earliest))));
        foreach (var pipeline in _now.Pipelines)
        {
            pipeline.Drain(_output);
            Take(_output);
        }
    }

    private void ProcessLanes(EventTime clock, EventTime? tick)
    {
        for (var lane = 0; lane < _now.Lanes.Length; lane++)
        {
            Process(lane, _laneBatches[lane], clock, tick);
            _laneBatches[lane].Clear();
        }
    }

    private void Process(int lane, EventBatch batch, EventTime clock, EventTime? tick)
    {
        batch.Clock = clock;
        batch.Tick = tick;
        _now.Pipelines[lane].Process(batch, _output);
        Take(_output);
    }

    private void Take(StepOutput output)
    {
        Statistics.Add(output);
        _ordered.Add(output);
    }

    private int LaneOf(ulong userHash) => (int)(userHash % (ulong)_laneBatches.Length);

    /// <summary>No prompt will be handed over any more that was decided before this instant: a held one comes later and stands where it was decided.</summary>
    public EventTime PromptsAreDoneBefore
    {
        get
        {
            var before = SettledBefore;
            foreach (var lane in _now.Lanes)
                if (lane.Held.Earliest is { } earliest && earliest < before) before = earliest;
            return before;
        }
    }

    /// <summary>A timer armed late decides at most the misfire allowance behind the clock.</summary>
    private EventTime SettledBefore => Clock - (Rulebook.Time.LatenessMilliseconds == 0 ? 0 : Rulebook.Time.MisfireAfterMilliseconds);

    private void Release() => _ordered.Release(PromptsAreDoneBefore, SettledBefore, Prompt, Decision);
}
