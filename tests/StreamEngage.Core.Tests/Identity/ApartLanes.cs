using StreamEngage.Core.Tests.Agreement;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.State;
using StreamEngage.Tests.Naive;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>
/// Lanes as processes of their own have them: each knows its users and its clock, and of the others only what comes as an errand, in the order in which
/// each sends, some time later.
/// </summary>
internal sealed class ApartLanes
{
    private static readonly EventTime _ever = new(Limits.EventTimeMax);

    private readonly CompiledRulebook _rulebook;
    private readonly Part[] _parts;
    private readonly Dictionary<(int From, int To), Queue<byte[]>> _ways = [];

    public ApartLanes(CompiledRulebook rulebook, int lanes, Func<Utf8Text, int> laneOf)
    {
        _rulebook = rulebook;
        LaneOf = laneOf;
        _parts = [.. Enumerable.Range(0, lanes).Select(own => new Part(rulebook, own, laneOf))];
    }

    /// <summary>Where somebody's events go.</summary>
    public Func<Utf8Text, int> LaneOf { get; }

    public List<PromptCommand> Prompts { get; } = [];

    public List<DecisionRecord> Decisions { get; } = [];

    public int Waiting => _ways.Values.Sum(way => way.Count);

    /// <summary>How many errands were done.</summary>
    public int Done { get; private set; }

    /// <summary>Records that found themselves on a way that leads round.</summary>
    public int Circles { get; private set; }

    /// <summary>Records are lost on the way, so that a test is found that would not notice.</summary>
    public bool Loses { get; set; }

    public long Sum(Func<LaneCounters, long> counter) => _parts.Sum(part => counter(part.Lane.Counters));

    public Lane this[int lane] => _parts[lane].Lane;

    /// <summary>Every user's record, but of those of whom nothing is known.</summary>
    public Dictionary<string, string> Records()
    {
        var records = new Dictionary<string, string>();
        foreach (var part in _parts)
        {
            foreach (var user in part.Lane.Users.All.Where(user => !user.IsBlank))
            {
                var record = new RecordWriter();
                new UserStateCodec(_rulebook.Layout, part.Lane).Write(user, record);
                records.Add(user.Id.ToString(), Convert.ToHexString(record.Written));
            }
        }
        return records;
    }

    public void Offer(NaiveEvent e) => OfferTo(LaneOf(new(e.User)), e);

    public void OfferTo(int lane, NaiveEvent e)
    {
        var part = _parts[lane];
        Assert.Equal(Decoded.Event, part.Decoder.TryDecode(EmbeddedRun.LineOf(e), part.Batch, out var decoded, out var properties));
        part.Intake.Offer(decoded, properties, _ever, part.Batch);
        Process(lane);
    }

    /// <summary>All clocks reach an instant, as they do where nothing is behind.</summary>
    public void Pass(long at)
    {
        for (var lane = 0; lane < _parts.Length; lane++)
        {
            _parts[lane].Intake.Pass(new(at - _rulebook.Time.DisorderMilliseconds), _parts[lane].Batch);
            Process(lane);
        }
    }

    /// <summary>One errand arrives, of those that are the first of their way. False: none waits.</summary>
    public bool Deliver(Func<int, int> draw)
    {
        var ways = _ways.Where(way => way.Value.Count > 0).OrderBy(way => way.Key).ToList();
        if (ways.Count == 0) return false;
        var ((_, to), way) = ways[draw(ways.Count)];
        var part = _parts[to];
        var errand = ErrandCodec.Read(way.Dequeue(), to);
        Assert.NotNull(errand);
        Done++;
        if (errand is MoveReply { Undoes: not 0 }) Circles++;
        if (Loses && errand is MoveReply) return true;
        if (errand is ForwardedEvent forwarded)
        {
            var held = new SourceCodec(_rulebook.Schema).ReadEvent(forwarded.Event.Span)!;
            part.Intake.Offer(held.Decoded, held.Properties, _ever, part.Batch);
        }
        else part.Errands.Add(new(part.Batch.Count, errand));
        Process(to);
        return true;
    }

    public void DeliverAll()
    {
        for (var i = 0; Deliver(_ => 0); i++) Assert.True(i < 10_000, "errands without end");
    }

    /// <summary>All that is due still comes, in order of time.</summary>
    public void Drain()
    {
        DeliverAll();
        foreach (var part in _parts) part.Pipeline.EndInput();
        foreach (var part in _parts)
        {
            part.Pipeline.Drain(part.Output);
            Take(Array.IndexOf(_parts, part));
        }
        Assert.Equal(0, Waiting);
    }

    private void Process(int lane)
    {
        var part = _parts[lane];
        part.Batch.Clock = part.Intake.Clock.Now;
        part.Pipeline.Process(part.Batch, part.Errands, part.Output);
        part.Batch.Clear();
        part.Errands.Clear();
        Take(lane);
    }

    private void Take(int lane)
    {
        var output = _parts[lane].Output;
        Prompts.AddRange(output.Prompts);
        Decisions.AddRange(output.Decisions);
        foreach (var errand in output.Errands)
        {
            var bytes = new RecordWriter();
            ErrandCodec.Write(errand, bytes);
            if (!_ways.TryGetValue((lane, errand.To), out var way)) _ways.Add((lane, errand.To), way = new());
            way.Enqueue(bytes.Written.ToArray());
        }
        output.Clear();
    }

    private sealed class Part
    {
        public Part(CompiledRulebook rulebook, int own, Func<Utf8Text, int> laneOf)
        {
            Pipeline = new(rulebook, Lane, map: new(own, laneOf));
            Intake = new(rulebook.Schema, rulebook.Time);
            Decoder = new(rulebook.Schema);
        }

        public Lane Lane { get; } = new();

        public Pipeline Pipeline { get; }

        public EventIntake Intake { get; }

        public JsonEventDecoder Decoder { get; }

        public EventBatch Batch { get; } = new();

        public List<PlacedErrand> Errands { get; } = [];

        public StepOutput Output { get; } = new() { WantsDecisions = true };
    }
}
