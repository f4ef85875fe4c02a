namespace StreamEngage.Learn.Experiments;

/// <summary>Where the difference of two conversion rates lies, treated less held out; both ends included, within [-1, 1].</summary>
internal readonly record struct LiftInterval(double Low, double High)
{
    public static readonly LiftInterval Unknown = new(-1, 1);

    public bool Contains(double lift) => Low <= lift && lift <= High;

    /// <summary>Every difference that is still possible is a loss.</summary>
    public bool IsCertainHarm => High < 0;

    public bool IsCertainGain => Low > 0;
}
