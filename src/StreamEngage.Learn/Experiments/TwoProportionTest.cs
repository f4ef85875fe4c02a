using MathNet.Numerics;

namespace StreamEngage.Learn.Experiments;

/// <summary>
/// The pooled two-proportion test: only for an end that was fixed before the start. Looked at again and again until it is below 0.05, it comes to be so
/// for many experiments without any effect.
/// </summary>
/// <param name="Z">The difference, treated less held out, in standard errors.</param>
/// <param name="P">Two-sided.</param>
internal readonly record struct TwoProportionTest(double Z, double P)
{
    /// <summary>Null where a side is empty, or nobody or everybody converted.</summary>
    public static TwoProportionTest? Of(ArmCount treated, ArmCount held)
    {
        if (treated.Rate is not { } a || held.Rate is not { } b || (treated + held).Rate is not { } pooled || pooled is 0 or 1) return null;
        var z = (a - b) / Math.Sqrt(pooled * (1 - pooled) * ((1.0 / treated.Units) + (1.0 / held.Units)));
        return new(z, SpecialFunctions.Erfc(Math.Abs(z) / Constants.Sqrt2));
    }
}
