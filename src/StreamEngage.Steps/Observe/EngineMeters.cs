using System.Diagnostics.Metrics;

namespace StreamEngage.Steps.Observe;

/// <summary>
/// What an engine counts and measures, a meter a stage. Every label has a closed list of values. Safe to call from any thread; free of allocation
/// while nobody listens.
/// </summary>
internal sealed class EngineMeters : IDisposable
{
    private static readonly string[] _stages = ["ingest", "state", "detect", "decide", "emit"];

    private readonly Meter[] _meters;
    private readonly ClosedLabels _triggers, _channels;

    /// <param name="board">Where the lanes stand: gauges read it.</param>
    /// <param name="control">Its kill switch and breaker show as gauges.</param>
    /// <param name="triggers">Names of the rulebook's triggers.</param>
    /// <param name="channels">Names of its channels.</param>
    public EngineMeters(LaneBoard board, EngineControl control, IEnumerable<string> triggers, IEnumerable<string> channels)
    {
        _triggers = new("trigger", triggers, ObserveLimits.TriggersShownMax);
        _channels = new("channel", channels, ObserveLimits.ChannelsShownMax);
        _meters = [.. _stages.Select(stage => new Meter($"streamengage.{stage}"))];
        Ingest = new(_meters[0], board);
        State = new(_meters[1], board);
        Detect = new(_meters[2], _triggers);
        Decide = new(_meters[3]);
        Emit = new(_meters[4], (board, control), _triggers, _channels);
    }

    /// <summary>Another rulebook is in force: what it names has series of its own from now on, as long as there are places for them.</summary>
    public void Know(IEnumerable<string> triggers, IEnumerable<string> channels)
    {
        _triggers.Add(triggers);
        _channels.Add(channels);
    }

    /// <summary>For whoever exports them.</summary>
    public IReadOnlyList<Meter> All => _meters;

    public IngestMeter Ingest { get; }

    public StateMeter State { get; }

    public DetectMeter Detect { get; }

    public DecideMeter Decide { get; }

    public EmitMeter Emit { get; }

    public void Dispose()
    {
        foreach (var meter in _meters) meter.Dispose();
    }
}

/// <summary>Bounds of histogram buckets, in milliseconds.</summary>
internal static class Buckets
{
    /// <summary>Work inside the engine: a fraction of a millisecond to seconds.</summary>
    public static readonly InstrumentAdvice<double> Work = new()
    {
        HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000],
    };

    /// <summary>From an event to its prompt: milliseconds, or minutes after an outage.</summary>
    public static readonly InstrumentAdvice<double> Latency = new()
    {
        HistogramBucketBoundaries = [1, 2.5, 5, 10, 25, 50, 75, 100, 150, 250, 500, 1_000, 2_500, 5_000, 15_000, 60_000, 300_000, 3_600_000],
    };
}
