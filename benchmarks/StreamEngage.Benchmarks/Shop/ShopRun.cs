using System.Diagnostics;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.State;

namespace StreamEngage.Benchmarks.Shop;

/// <summary>The engine on shop traffic: one lane, decoding outside of the clock and beside it.</summary>
internal sealed class ShopRun
{
    /// <summary>Between two passes over the same traffic, in milliseconds: longer than the traffic and most windows, whole weeks.</summary>
    public const long Eon = 8 * 7 * 86_400_000L;

    private readonly ShopTraffic? _traffic;
    private readonly Lane _lane = new();
    private readonly Pipeline _pipeline;
    private readonly JsonEventDecoder _decoder;
    private readonly EventIntake _intake;
    private readonly EventBatch _batch = new();
    private readonly StepOutput _output = new();
    private readonly int _triggers;
    private int _next;
    private long _shift;

    /// <param name="rulebook">What runs.</param>
    /// <param name="traffic">The lines of the passes; null where a stream brings them.</param>
    public ShopRun(CompiledRulebook rulebook, ShopTraffic? traffic)
    {
        _traffic = traffic;
        _triggers = rulebook.Triggers.Length;
        _pipeline = new(rulebook, _lane);
        _decoder = new(rulebook.Schema);
        _intake = new(rulebook.Schema, rulebook.Time);
    }

    public long ProcessTicks { get; private set; }

    public long DecodeTicks { get; private set; }

    /// <summary>What the processor counted while events were processed.</summary>
    public Counted Counted { get; private set; }

    /// <summary>Bytes allocated while events were processed.</summary>
    public long Allocated { get; private set; }

    public long Prompts { get; private set; }

    public long Candidates
    {
        get
        {
            var sum = 0L;
            for (var trigger = 0; trigger < _triggers; trigger++) sum += _pipeline.Tally.Candidates(trigger);
            return sum;
        }
    }

    public Lane Lane => _lane;

    /// <summary>Processes a part of the traffic in full batches.</summary>
    /// <param name="lines">Which part.</param>
    /// <param name="shift">Milliseconds later than the lines say.</param>
    public void Pass(Range lines, long shift = 0)
    {
        var (start, count) = lines.GetOffsetAndLength(_traffic!.Count);
        for (var from = start; from < start + count; from += Limits.BatchEventsMax)
        {
            var began = Stopwatch.GetTimestamp();
            _traffic.Fill(_batch, _decoder, _intake, from..Math.Min(start + count, from + Limits.BatchEventsMax), shift);
            Process(began);
        }
    }

    /// <summary>Processes about as many events of a stream, in full batches; making their lines is under no clock.</summary>
    public void Pass(ShopStream stream, long events)
    {
        for (var made = 0L; made < events && stream.Next() is > 0 and var lines; made += lines)
        {
            var began = Stopwatch.GetTimestamp();
            stream.Fill(_batch, _decoder, _intake);
            Process(began);
        }
    }

    private void Process(long began)
    {
        var (counted, allocated) = (HardwareCounters.Shared.Read(), GC.GetAllocatedBytesForCurrentThread());
        var decoded = Stopwatch.GetTimestamp();
        _pipeline.Process(_batch, _output);
        ProcessTicks += Stopwatch.GetTimestamp() - decoded;
        Allocated += GC.GetAllocatedBytesForCurrentThread() - allocated;
        Counted += HardwareCounters.Shared.Read() - counted;
        DecodeTicks += decoded - began;
        Prompts += _output.Prompts.Count;
        _output.Clear();
    }

    /// <summary>One more full batch, from the beginning again eight weeks later when the traffic ends. Returns how many prompts it made.</summary>
    public int Step()
    {
        if (_next + Limits.BatchEventsMax > _traffic!.Count) (_next, _shift) = (0, _shift + Eon);
        _traffic.Fill(_batch, _decoder, _intake, _next..(_next + Limits.BatchEventsMax), _shift);
        _next += Limits.BatchEventsMax;
        _pipeline.Process(_batch, _output);
        var prompts = _output.Prompts.Count;
        _output.Clear();
        return prompts;
    }

    /// <summary>
    /// Processes all of the traffic event by event, decode included, and adds up the bytes allocated for events at which nothing was decided.
    /// </summary>
    public (long Bytes, long Events) AllocatedWithoutCandidate(long shift)
    {
        var (bytes, events) = (0L, 0L);
        for (var line = 0; line < _traffic!.Count; line++)
        {
            var (candidates, before) = (Candidates, GC.GetAllocatedBytesForCurrentThread());
            _traffic.Fill(_batch, _decoder, _intake, line..(line + 1), shift);
            _pipeline.Process(_batch, _output);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            // A held candidate that is let go of is decided, too, though it was counted when it came.
            var isDecided = Candidates != candidates || _output.Prompts.Count + _output.Outcomes.Count > 0;
            _output.Clear();
            if (isDecided) continue;
            bytes += allocated;
            events++;
        }
        return (bytes, events);
    }
}
