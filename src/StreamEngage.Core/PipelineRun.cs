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
internal sealed class PipelineRun
{
    private readonly CompiledRulebook _rulebook;
    private readonly JsonEventDecoder _json;
    private readonly AvroEventDecoder _avro;
    private readonly EventBatch _batch = new();
    private readonly EventBatch[] _laneBatches;
    private readonly Lane[] _lanes;
    private readonly Pipeline[] _pipelines;
    private readonly StepOutput _output;
    private readonly OrderedOutput _ordered = new();
    private readonly PipelineStatistics _statistics;
    private readonly bool _learns;

    public PipelineRun(CompiledRulebook rulebook, int lanes = 1, bool wantsDecisions = true)
    {
        _rulebook = rulebook;
        _json = new(rulebook.Schema);
        _avro = new(rulebook.Schema);
        Intake = new(rulebook.Schema, rulebook.Time);
        _lanes = [.. Enumerable.Range(0, lanes).Select(_ => new Lane())];
        _pipelines = [.. _lanes.Select(lane => new Pipeline(rulebook, lane))];
        _laneBatches = [.. _lanes.Select(_ => new EventBatch())];
        _statistics = new(rulebook);
        _learns = rulebook.Learns;
        _output = new() { WantsDecisions = wantsDecisions };
    }

    /// <summary>Events of a batch: how many are gathered before they are processed. Shows in nothing that comes out.</summary>
    public int BatchEvents { get; init; } = Limits.BatchEventsMax;

    /// <summary>Receives the commands, in order.</summary>
    public Action<PromptCommand> Prompt { get; init; } = _ => { };

    /// <summary>Receives the decisions, in order; none unless they are wanted.</summary>
    public Action<DecisionRecord> Decision { get; init; } = _ => { };

    public EventIntake Intake { get; }

    public IntakeCounters Counters { get; } = new();

    public IReadOnlyList<Lane> Lanes => _lanes;

    public EventTime Clock => Intake.Clock.Now;

    /// <summary>What came of prompts so far, and the version of it that decisions read.</summary>
    public PipelineStatistics Statistics => _statistics;

    /// <summary>Takes in one JSON line.</summary>
    /// <param name="line">The line without its end.</param>
    /// <param name="ingested">When it was taken in.</param>
    /// <returns><see cref="Decoded.Event"/>, or why the line belongs in quarantine.</returns>
    public Decoded Offer(ReadOnlySpan<byte> line, EventTime ingested)
    {
        var decoded = _json.TryDecode(line, _batch, out var e, out var properties);
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
        var clock = EventTime.Max(Clock, at - _rulebook.Time.DisorderMilliseconds);
        Intake.Pass(clock, _batch);
        Process(clock);
        Release();
    }

    /// <summary>
    /// The input has ended: what was held is applied and the timers due at or before the clock fire; drained, the clock moves on until none is left.
    /// </summary>
    public void End(bool drain)
    {
        Intake.ReleaseAll(_batch);
        Process(Clock);
        if (drain) Drain();
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
        var record = new RecordWriter();
        foreach (var lane in _lanes)
        {
            var codec = new UserStateCodec(_rulebook.Layout, lane);
            foreach (var user in lane.Users.All)
            {
                record.Clear();
                codec.Write(user, record);
                store.Save(user.Id, record.Written);
            }
        }
        record.Clear();
        _statistics.Write(record);
        new SourceCodec(_rulebook.Schema).Write(Intake, source, record.Written);
    }

    /// <summary>Goes on from what <see cref="Save"/> wrote; the number of lanes and the rulebook may be others.</summary>
    /// <returns>Null, or what is wrong: a record that is broken or of a newer version. The run is not to be used then.</returns>
    public string? Load(IUserStateStore store, ReadOnlySpan<byte> source)
    {
        foreach (var id in store.Users)
        {
            var hash = Hash64.Of(id.Span);
            var lane = _lanes[LaneOf(hash)];
            if (!new UserStateCodec(_rulebook.Layout, lane).TryRead(store.Load(id).Span, lane.Users.Open(id, hash)))
                return $"the state of user {id} is broken, or of a newer version than {UserStateCodec.Version}";
        }
        if (!new SourceCodec(_rulebook.Schema).TryRead(source, Intake, out var beside))
            return "the source's clock and held events are broken, or of a newer version";
        if (!beside.IsEmpty && !_statistics.TryRead(beside.Span)) return "what came of earlier prompts is broken, or of a newer version";
        foreach (var lane in _lanes) lane.MoveClockTo(Clock);
        _statistics.PassTo(Clock);
        foreach (var pipeline in _pipelines) pipeline.Statistics = _statistics.InForce;
        return null;
    }

    /// <summary>Sum over the lanes of what a counter counted.</summary>
    public long Sum(Func<LaneCounters, long> counter) => _lanes.Sum(lane => counter(lane.Counters));

    /// <summary>Verdicts of a trigger over all lanes.</summary>
    public long Sum(Func<VerdictTally, long> count) => _pipelines.Sum(pipeline => count(pipeline.Tally));

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
        if (_lanes.Length == 1 && !_learns) Process(0, _batch, Clock, tick);
        else
        {
            foreach (ref readonly var e in _batch.Events)
            {
                if (_learns && e.Clock >= _statistics.NextStep) StepTo(e.Clock);
                _laneBatches[LaneOf(e.UserHash)].Add(e);
            }
            if (_learns && Clock >= _statistics.NextStep) StepTo(Clock);
            ProcessLanes(Clock, tick);
        }
        _batch.Clear();
    }

    /// <summary>All lanes come to each step of the statistics on the way, and go on only when its version is the one in force for all of them.</summary>
    private void StepTo(EventTime clock)
    {
        while (_statistics.NextStep <= clock)
        {
            ProcessLanes(_statistics.NextStep, tick: null);
            if (_statistics.Freeze())
            {
                foreach (var pipeline in _pipelines) pipeline.Statistics = _statistics.InForce;
            }
            _statistics.PassTo(new(Math.Min(clock.UnixMilliseconds, EarliestTimer)));
        }
    }

    private long EarliestTimer => _lanes.Min(lane => lane.Timers.EarliestBound);

    private void Drain()
    {
        foreach (var pipeline in _pipelines) pipeline.EndInput();
        // Where decisions depend on the statistics the lanes go on side by side, else one after the other.
        while (_learns && EarliestTimer is < long.MaxValue and var earliest) 
            StepTo(EventTime.Max(_statistics.NextStep, _statistics.StepAfter(new(earliest))));
        foreach (var pipeline in _pipelines)
        {
            pipeline.Drain(_output);
            Take(_output);
        }
    }

    private void ProcessLanes(EventTime clock, EventTime? tick)
    {
        for (var lane = 0; lane < _lanes.Length; lane++)
        {
            Process(lane, _laneBatches[lane], clock, tick);
            _laneBatches[lane].Clear();
        }
    }

    private void Process(int lane, EventBatch batch, EventTime clock, EventTime? tick)
    {
        batch.Clock = clock;
        batch.Tick = tick;
        _pipelines[lane].Process(batch, _output);
        Take(_output);
    }

    private void Take(StepOutput output)
    {
        _statistics.Add(output.Outcomes);
        _ordered.Add(output);
    }

    private int LaneOf(ulong userHash) => (int)(userHash % (ulong)_lanes.Length);

    /// <summary>A timer armed late decides at most the misfire allowance behind the clock.</summary>
    private void Release()
    {
        var behind = _rulebook.Time.LatenessMilliseconds == 0 ? 0 : _rulebook.Time.MisfireAfterMilliseconds;
        var settled = Clock - behind;
        var prompts = settled;
        // A held prompt comes later and stands where it was decided.
        foreach (var lane in _lanes)
            if (lane.Held.Earliest is { } earliest && earliest < prompts) prompts = earliest;
        _ordered.Release(prompts, settled, Prompt, Decision);
    }
}
