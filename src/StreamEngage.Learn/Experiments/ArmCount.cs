namespace StreamEngage.Learn.Experiments;

/// <summary>One side of an experiment: how many units were assigned, and how many of them converted, whatever they were shown.</summary>
internal readonly record struct ArmCount(long Units, long Conversions)
{
    /// <summary>Conversions a unit; null without units.</summary>
    public double? Rate => Units == 0 ? null : (double)Conversions / Units;

    // One conversion and one failure more than were seen: a side that has seen only one kind is not certain yet.
    public double RateVariance
    {
        get
        {
            var rate = (Conversions + 1.0) / (Units + 2.0);
            return rate * (1 - rate) / Units;
        }
    }

    public static ArmCount operator +(ArmCount a, ArmCount b) => new(a.Units + b.Units, a.Conversions + b.Conversions);
}
