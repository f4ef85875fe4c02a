namespace StreamEngage.Decide;

/// <summary>What came of an arm so far, over all users.</summary>
/// <param name="Successes">Prompts that reached their goal.</param>
/// <param name="Failures">Prompts that did not, their time being over.</param>
internal readonly record struct ArmOutcomes(long Successes, long Failures);

/// <summary>What is believed of an arm's success rate after its outcomes, with every rate as likely before: a Beta distribution as a table.</summary>
internal sealed class BetaPosterior
{
    public const int Points = 512;

    // Of the probability, 1.7e-5 at most lies farther out: of a distribution that falls from zero, and less of any other.
    private const double DeviationsReached = 10;

    private readonly double _start;
    private readonly double _step;
    private readonly double[] _masses = new double[Points];
    private readonly double[] _below = new double[Points + 1];

    public BetaPosterior(ArmOutcomes outcomes)
    {
        var (a, b) = (outcomes.Successes + 1.0, outcomes.Failures + 1.0);
        var mean = a / (a + b);
        var reach = DeviationsReached * Math.Sqrt(mean * (1 - mean) / (a + b + 1));
        _start = Math.Max(0, mean - reach);
        _step = (Math.Min(1, mean + reach) - _start) / Points;
        Fill(outcomes);
    }

    /// <summary>The middle of one of the table's steps.</summary>
    public double Rate(int point) => _start + ((point + 0.5) * _step);

    /// <summary>How likely the rate is within the step; all together make 1.</summary>
    public double Mass(int point) => _masses[point];

    /// <summary>How likely the rate is below <paramref name="rate"/>.</summary>
    public double Below(double rate)
    {
        var place = (rate - _start) / _step;
        if (place <= 0) return 0;
        if (place >= Points) return 1;
        var point = (int)place;
        return _below[point] + ((place - point) * _masses[point]);
    }

    /// <summary>Logarithms relative to the highest, so that millions of outcomes do not underflow.</summary>
    private void Fill(ArmOutcomes outcomes)
    {
        var highest = double.NegativeInfinity;
        for (var point = 0; point < Points; point++)
        {
            var rate = Rate(point);
            _masses[point] = (outcomes.Successes * PortableMath.Log(rate)) + (outcomes.Failures * PortableMath.Log(1 - rate));
            highest = Math.Max(highest, _masses[point]);
        }
        var total = 0.0;
        for (var point = 0; point < Points; point++) total += _masses[point] = PortableMath.Exp(_masses[point] - highest);
        for (var point = 0; point < Points; point++) _below[point + 1] = _below[point] + (_masses[point] /= total);
    }
}
