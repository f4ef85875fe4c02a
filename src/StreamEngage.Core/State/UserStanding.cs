namespace StreamEngage.State;

/// <summary>The numbers by which users are ranked among all.</summary>
internal enum Ranking { Recency, Frequency, Monetary }

/// <summary>Where a user stands, in buckets; a greater one is better.</summary>
/// <param name="Recency">UTC day of the last event.</param>
/// <param name="Frequency">Of the count, by <see cref="LogBuckets"/>.</param>
/// <param name="Monetary">Of the sum.</param>
internal readonly record struct UserStanding(int Recency, int Frequency, int Monetary)
{
    private const long DayMilliseconds = 86_400_000;

    /// <param name="last">Milliseconds of the last event.</param>
    /// <param name="frequency">How many there were.</param>
    /// <param name="monetary">What they add up to.</param>
    public static UserStanding Of(long last, double frequency, double monetary) =>
        new((int)Math.Max(0, last / DayMilliseconds), LogBuckets.Of(frequency), LogBuckets.Of(monetary));

    public int Bucket(Ranking ranking) => ranking switch
    {
        Ranking.Recency => Recency,
        Ranking.Frequency => Frequency,
        _ => Monetary,
    };
}

/// <summary>A user came to stand somewhere, or does not stand there any more.</summary>
internal readonly record struct StandingMove(UserStanding Standing, bool IsGone);

/// <summary>
/// Buckets whose borders grow by a constant factor, so that two numbers of one bucket differ by two in a hundred at the most: the mapping of DDSketch
/// (Masson, Rim and Lee, DDSketch: A Fast and Fully-Mergeable Quantile Sketch with Relative-Error Guarantees, PVLDB 12(12), 2019).
/// </summary>
internal static class LogBuckets
{
    private const double Least = 1e-6, Greatest = 1e11;

    // ln of (1 + 1 %) / (1 - 1 %).
    private const double LogOfFactor = 0.020000666706669543;

    private static readonly int _below = (int)Math.Floor(PortableMath.Log(Least) / LogOfFactor);

    /// <summary>Ordered as the numbers are. 0 for zero; what is nearer to it than a millionth, or beyond a hundred thousand million, counts as that.</summary>
    public static int Of(double number)
    {
        if (number == 0) return 0;
        var size = Math.Clamp(Math.Abs(number), Least, Greatest);
        var bucket = (int)Math.Ceiling(PortableMath.Log(size) / LogOfFactor) - _below + 1;
        return number > 0 ? bucket : -bucket;
    }
}
