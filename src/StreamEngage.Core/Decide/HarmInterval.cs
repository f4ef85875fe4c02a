namespace StreamEngage.Decide;

/// <summary>
/// An interval for the difference of two conversion rates that may be looked at as often as one likes: with probability 1 - alpha the truth is inside at
/// every look.
/// </summary>
/// <remarks>
/// The asymptotic confidence sequence of Waudby-Smith and others that <c>report</c> shows (Learn has it with its proof of measure). It stands here as well
/// because a decision hangs on it: it must be the same to the last bit on every machine, and Core must not need the libraries of Learn.
/// A test compares the two.
/// </remarks>
internal readonly record struct HarmInterval(double Low, double High)
{
    // Effective units at which the interval is tightest.
    private const double PlannedUnits = 10_000;

    /// <summary>The prompts bring fewer conversions than none would.</summary>
    public bool IsHarm => High < 0;

    /// <summary>Of the rate of those who were sent a prompt less that of those who were held out; from -1 to 1 while a side has nobody.</summary>
    public static HarmInterval Of(OutcomeCount sent, OutcomeCount held, double alpha)
    {
        if (sent.Units == 0 || held.Units == 0) return new(-1, 1);
        var best = -2 * PortableMath.Log(alpha);
        var effective = 1 / ((1.0 / sent.Units) + (1.0 / held.Units));
        var information = effective * (best + PortableMath.Log(best + 1)) / PlannedUnits;
        var variance = (VarianceOf(sent) + VarianceOf(held)) * (information + 1) / information;
        var radius = Math.Sqrt(variance * PortableMath.Log((information + 1) / (alpha * alpha)));
        var difference = ((double)sent.Conversions / sent.Units) - ((double)held.Conversions / held.Units);
        return new(Math.Max(-1, difference - radius), Math.Min(1, difference + radius));
    }

    // One conversion and one failure more than were seen: a side that has seen only one kind is not certain yet.
    private static double VarianceOf(OutcomeCount side)
    {
        var rate = (side.Conversions + 1.0) / (side.Units + 2.0);
        return rate * (1 - rate) / side.Units;
    }
}
