using System.Diagnostics.Metrics;

namespace StreamEngage.Steps.Observe;

/// <summary>Detect: candidates, and how punctual absences are.</summary>
internal sealed class DetectMeter(Meter meter, ClosedLabels triggers)
{
    private readonly Counter<long> _candidates =
        meter.CreateCounter<long>("streamengage.detect.candidates", "{candidate}", "Candidates by trigger.");

    private readonly Histogram<double> _lateness = meter.CreateHistogram(
        "streamengage.detect.absence.lateness", "ms", "How long after its deadline an absence fired.", null, Buckets.Latency);

    public void Candidates(string trigger, long candidates) => _candidates.Add(candidates, triggers[trigger]);

    public void AbsenceFired(TimeSpan afterDeadline) => _lateness.Record(afterDeadline.TotalMilliseconds);
}
