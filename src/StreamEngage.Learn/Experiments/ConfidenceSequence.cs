namespace StreamEngage.Learn.Experiments;

/// <summary>
/// An interval for the difference of two rates that may be looked at after every unit: with probability 1 - alpha it contains the truth at every look at once,
/// so that nobody has to decide beforehand when to stop.
/// </summary>
/// <remarks>
/// The asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas (Time-uniform central limit theory, Annals of Statistics 2024), with
/// Robbins' normal mixture: difference ± SE · sqrt((r + 1) / r · ln((r + 1) / alpha²)), where r grows with the information and the interval is tightest
/// at <see cref="PlannedUnits"/>. Far below that number it is wide: at 200 effective units 6.7 standard errors, at 1,000 3.9, at 10,000 3.1. That is also
/// what makes up for rates that are not normal yet: the proof is asymptotic, so the tests measure it from the first unit on.
/// </remarks>
internal sealed class ConfidenceSequence
{
    /// <summary>
    /// Effective units, <c>treated · held / (treated + held)</c>, at which the interval is tightest: what a holdout of 5 % of 210,000 users has.
    /// </summary>
    public const double PlannedUnits = 10_000;

    private readonly double _alphaSquared;
    private readonly double _informationAUnit;

    /// <summary>A sequence that is ever wrong with probability <paramref name="alpha"/>, in (0, 1).</summary>
    public ConfidenceSequence(double alpha = 0.05)
    {
        if (alpha is not (> 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "between 0 and 1");
        _alphaSquared = alpha * alpha;
        var best = -2 * Math.Log(alpha);
        _informationAUnit = (best + Math.Log(best + 1)) / PlannedUnits;
    }

    public LiftInterval Of(ArmCount treated, ArmCount held)
    {
        if (treated.Units == 0 || held.Units == 0) return LiftInterval.Unknown;
        var difference = ((double)treated.Conversions / treated.Units) - ((double)held.Conversions / held.Units);
        var effective = 1 / ((1.0 / treated.Units) + (1.0 / held.Units));
        var information = effective * _informationAUnit;
        var variance = (treated.RateVariance + held.RateVariance) * (information + 1) / information;
        var radius = Math.Sqrt(variance * Math.Log((information + 1) / _alphaSquared));
        return new(Math.Max(-1, difference - radius), Math.Min(1, difference + radius));
    }
}
