namespace StreamEngage.Rulebooks.Lint;

/// <summary>The numbers between two ends, each of which may be left out.</summary>
internal readonly record struct Interval(double Low, bool LowOpen, double High, bool HighOpen)
{
    private const int ExcludedMax = 64;

    public static readonly Interval All = new(double.NegativeInfinity, true, double.PositiveInfinity, true);

    public static Interval Point(double value) => new(value, false, value, false);

    public static Interval From(double low) => All with { Low = low, LowOpen = false };

    public static Interval Closed(double low, double high) => new(low, false, high, false);

    public Interval And(Interval other)
    {
        var low = Low > other.Low || (Low == other.Low && LowOpen) ? this : other;
        var high = High < other.High || (High == other.High && HighOpen) ? this : other;
        return new Interval(low.Low, low.LowOpen, high.High, high.HighOpen);
    }

    public Interval Negated() => new(-High, HighOpen, -Low, LowOpen);

    public Interval Plus(Interval other) => new(Low + other.Low, LowOpen || other.LowOpen, High + other.High, HighOpen || other.HighOpen);

    /// <summary>The same with its ends moved to the whole numbers it contains.</summary>
    public Interval Whole() => new(
        LowOpen && Low == Math.Floor(Low) ? Low + 1 : Math.Ceiling(Low),
        double.IsInfinity(Low),
        HighOpen && High == Math.Ceiling(High) ? High - 1 : Math.Floor(High),
        double.IsInfinity(High));

    /// <summary>True when no number of it is left once the excluded ones are gone.</summary>
    public bool IsEmptyWithout(IReadOnlyCollection<double> excluded, bool whole)
    {
        var interval = whole ? Whole() : this;
        if (interval.Low > interval.High || (interval.Low == interval.High && (interval.LowOpen || interval.HighOpen)))
            return true;
        if (interval.Low == interval.High)
            return excluded.Contains(interval.Low);
        if (!whole || interval.High - interval.Low > ExcludedMax)
            return false;
        var count = (int)(interval.High - interval.Low) + 1;
        return Enumerable.Range(0, count).All(i => excluded.Contains(interval.Low + i));
    }
}
