using System.Diagnostics.Metrics;
using StreamEngage.Decide;

namespace StreamEngage.Steps.Observe;

/// <summary>Decide: verdicts by reason.</summary>
internal sealed class DecideMeter(Meter meter)
{
    private static readonly KeyValuePair<string, object?>[] _verdicts = ClosedLabels.Of<Verdict>("verdict");

    private static readonly KeyValuePair<string, object?>[] _reasons =
        [.. Enum.GetValues<Reason>().Select(reason => KeyValuePair.Create("reason", (object?)(ReasonCodes.Code(reason) ?? "none")))];

    private readonly Counter<long> _count =
        meter.CreateCounter<long>("streamengage.decide.verdicts", "{verdict}", "Verdicts on candidates, by verdict and reason.");

    public void Decided(Verdict verdict, Reason reason, long candidates = 1) => _count.Add(candidates, _verdicts[(int)verdict], _reasons[(int)reason]);
}
