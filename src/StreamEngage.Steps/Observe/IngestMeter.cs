using System.Diagnostics.Metrics;
using StreamEngage.Ingest;

namespace StreamEngage.Steps.Observe;

/// <summary>How lanes come and go.</summary>
internal enum RebalanceKind { Assigned, Revoked, Lost }

/// <summary>What Kafka failed at.</summary>
internal enum KafkaFault { Poll, Publish, Journal, Connection }

/// <summary>Ingest: records read, what became of them, and how many still wait.</summary>
internal sealed class IngestMeter
{
    private static readonly KeyValuePair<string, object?>[] _reasons = ClosedLabels.Of<Decoded>("reason");
    private static readonly KeyValuePair<string, object?>[] _kinds = ClosedLabels.Of<RebalanceKind>("kind");
    private static readonly KeyValuePair<string, object?>[] _faults = ClosedLabels.Of<KafkaFault>("kind");

    private readonly Counter<long> _consumed, _admitted, _late, _overflowed, _duplicate, _forwarded, _quarantined, _rebalances, _failures;

    public IngestMeter(Meter meter, LaneBoard board)
    {
        _consumed = meter.CreateCounter<long>("streamengage.ingest.events.consumed", "{event}", "Records read from the input topics.");
        _admitted = meter.CreateCounter<long>("streamengage.ingest.events.admitted", "{event}", "Events that reached the pipeline.");
        _late = meter.CreateCounter<long>("streamengage.ingest.events.late", "{event}", "Events older than the clock by the lateness or more: no effect.");
        _overflowed = meter.CreateCounter<long>("streamengage.ingest.events.overflowed", "{event}",
            "Events of users who sent more than one user may: no effect. The first of each burst is quarantined too.");
        _duplicate = meter.CreateCounter<long>("streamengage.ingest.events.duplicate", "{event}", "Events whose id the user had already.");
        _forwarded = meter.CreateCounter<long>("streamengage.ingest.events.forwarded", "{event}", "Events handed on to the lane of the user whose they are.");
        _quarantined = meter.CreateCounter<long>("streamengage.ingest.events.quarantined", "{event}", "Records that were refused, by reason.");
        _rebalances = meter.CreateCounter<long>("streamengage.ingest.rebalances", "{lane}", "Lanes that came or went, by kind.");
        _failures = meter.CreateCounter<long>("streamengage.ingest.kafka.failures", "{failure}", "Calls to Kafka that failed, by what they were for.");
        meter.CreateObservableGauge("streamengage.ingest.lag.records", () => board.Sum(lane => lane.LagRecords), "{event}",
            "Records that wait in the lanes of this instance.");
        meter.CreateObservableGauge("streamengage.ingest.lag.time", () => board.Max(lane => lane.LagMilliseconds), "ms",
            "How far the lane furthest behind is behind the end of its input.");
    }

    public void Consumed(int records) => _consumed.Add(records);

    public void Admitted(int events) => _admitted.Add(events);

    public void Late(int events) => _late.Add(events);

    public void Overflowed(int events) => _overflowed.Add(events);

    public void Duplicate(int events) => _duplicate.Add(events);

    public void Forwarded(int events) => _forwarded.Add(events);

    /// <param name="reason">Anything but <see cref="Decoded.Event"/>.</param>
    /// <param name="records">How many.</param>
    public void Quarantined(Decoded reason, int records = 1) => _quarantined.Add(records, _reasons[(int)reason]);

    public void Rebalanced(RebalanceKind kind, int lanes) => _rebalances.Add(lanes, _kinds[(int)kind]);

    public void KafkaFailed(KafkaFault fault) => _failures.Add(1, _faults[(int)fault]);
}
