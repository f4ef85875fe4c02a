using MathNet.Numerics;

namespace StreamEngage.Learn.Experiments;

/// <summary>
/// Whether the sides of an experiment are as big as their shares say. If not, somebody is counted on one side only, and no difference
/// between the sides means anything.
/// </summary>
/// <param name="ChiSquare">Pearson's statistic; one degree of freedom less than there are sides with a share.</param>
/// <param name="P">Its upper tail: for one look.</param>
/// <param name="Evidence">
/// For any number of looks: the test martingale of Lindon and Malek (Anytime-valid inference for multinomial count data, 2022), a Dirichlet mixture around the
/// shares against them. Ever above 1,000 with probability below 0.001 while the shares are right.
/// </param>
internal readonly record struct SampleRatio(double ChiSquare, double P, double Evidence)
{
    /// <summary>Below it, or with evidence above its inverse, the sides are called wrong.</summary>
    public const double AlarmP = 0.001;

    // As if a thousand units had shown the shares: a wrong side is expected to be off by a point or two, as such mistakes are.
    private const double PriorUnits = 1_000;

    public bool IsAlarmAtOneLook => P < AlarmP;

    public bool IsAlarm => Evidence > 1 / AlarmP;

    /// <summary>Null when there is nothing to compare. A unit on a side without a share is a sure alarm.</summary>
    public static SampleRatio? Of(IReadOnlyList<long> units, IReadOnlyList<double> weights)
    {
        var (count, total) = (units.Sum(), weights.Sum());
        var sides = weights.Count(weight => weight > 0);
        if (count == 0 || sides < 2) return null;
        var chiSquare = 0.0;
        var evidence = SpecialFunctions.GammaLn(PriorUnits) - SpecialFunctions.GammaLn(PriorUnits + count);
        for (var side = 0; side < weights.Count; side++)
        {
            var share = weights[side] / total;
            if (share == 0 && units[side] > 0) return new(double.PositiveInfinity, 0, double.PositiveInfinity);
            if (share == 0) continue;
            var expected = share * count;
            chiSquare += (units[side] - expected) * (units[side] - expected) / expected;
            var prior = PriorUnits * share;
            evidence += SpecialFunctions.GammaLn(prior + units[side]) - SpecialFunctions.GammaLn(prior) - (units[side] * Math.Log(share));
        }
        return new(chiSquare, SpecialFunctions.GammaUpperRegularized((sides - 1) / 2.0, chiSquare / 2), Math.Exp(evidence));
    }
}
