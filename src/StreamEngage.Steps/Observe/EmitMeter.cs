using System.Diagnostics.Metrics;
using StreamEngage.Emit;

namespace StreamEngage.Steps.Observe;

/// <summary>Why a decided prompt was not published when its turn came.</summary>
internal enum Withheld { KillSwitch, Breaker, PausedTrigger, Consent }

/// <summary>Emit: prompts published, and what it takes.</summary>
internal sealed class EmitMeter
{
    private static readonly KeyValuePair<string, object?>[] _kinds = ClosedLabels.Of<PromptKind>("kind");
    private static readonly KeyValuePair<string, object?>[] _verdicts = ClosedLabels.Of<PublishVerdict>("verdict");
    private static readonly KeyValuePair<string, object?>[] _withheld = ClosedLabels.Of<Withheld>("why");

    private readonly ClosedLabels _triggers, _channels;
    private readonly Counter<long> _prompts, _publications, _held;
    private readonly Histogram<double> _publish, _latency;

    public EmitMeter(Meter meter, (LaneBoard Board, EngineControl Control) seen, ClosedLabels triggers, ClosedLabels channels)
    {
        (_triggers, _channels) = (triggers, channels);
        _prompts = meter.CreateCounter<long>("streamengage.emit.prompts", "{prompt}", "Commands published, by trigger, channel and kind.");
        _publications = meter.CreateCounter<long>("streamengage.emit.publications", "{publication}", "Transactions by what became of them.");
        _held = meter.CreateCounter<long>("streamengage.emit.withheld", "{prompt}", "Decided prompts that were not published when their turn came, by why.");
        _publish = meter.CreateHistogram("streamengage.emit.publish.duration", "ms", "One publication, from begin to commit.", null, Buckets.Work);
        _latency = meter.CreateHistogram("streamengage.emit.latency", "ms",
            "From the broker's time of the causing event, or a deadline, to the commit of its prompt.", null, Buckets.Latency);
        meter.CreateObservableGauge("streamengage.emit.outbox.size", () => seen.Board.Sum(lane => lane.Outbox), "{prompt}",
            "Prompts decided and not known to be published.");
        meter.CreateObservableGauge("streamengage.emit.killed", () => seen.Control.IsKilled ? 1L : 0L, "1", "1 while the kill switch is on.");
        meter.CreateObservableGauge("streamengage.emit.breaker.open", () => seen.Control.Breaker.IsOpen ? 1L : 0L, "1",
            "1 while the prompt-rate breaker holds prompts back.");
    }

    public void Published(string trigger, string channel, PromptKind kind) =>
        _prompts.Add(1, _triggers[trigger], _channels[channel], _kinds[(int)kind]);

    public void Publication(PublishVerdict verdict, TimeSpan took)
    {
        _publications.Add(1, _verdicts[(int)verdict]);
        _publish.Record(took.TotalMilliseconds);
    }

    public void Withheld(Withheld why, int prompts = 1) => _held.Add(prompts, _withheld[(int)why]);

    public void Latency(TimeSpan fromEventToPrompt) => _latency.Record(fromEventToPrompt.TotalMilliseconds);
}
