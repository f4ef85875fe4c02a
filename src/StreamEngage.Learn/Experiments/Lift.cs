namespace StreamEngage.Learn.Experiments;

/// <summary>What an experiment says.</summary>
internal enum LiftVerdict
{
    /// <summary>Too little is known.</summary>
    Open,

    /// <summary>Treated convert more, for certain.</summary>
    Gain,

    /// <summary>Treated convert less, for certain: the trigger should stop.</summary>
    Harm,

    /// <summary>The sides are not as big as their shares say: nothing else here means anything.</summary>
    WrongSides,
}

/// <summary>
/// Treated against held out, by intention to treat: everybody who was sent the prompt against everybody who would have been, whether or not a prompt was seen.
/// </summary>
internal sealed record Lift(ArmCount Treated, ArmCount Held, LiftInterval Interval)
{
    /// <summary>Treated less held out; null while a side is empty.</summary>
    public double? Difference => Treated.Rate - Held.Rate;

    /// <summary>Null where there is no share to compare with.</summary>
    public SampleRatio? Ratio { get; private init; }

    public LiftVerdict Verdict
    {
        get
        {
            if (Ratio is { IsAlarm: true }) return LiftVerdict.WrongSides;
            if (Interval.IsCertainHarm) return LiftVerdict.Harm;
            return Interval.IsCertainGain ? LiftVerdict.Gain : LiftVerdict.Open;
        }
    }

    /// <summary>With the share of users who are held out, in [0, 1); null where it is not known or has changed.</summary>
    public static Lift Of(ArmCount treated, ArmCount held, double? heldShare = null, double alpha = 0.05) =>
        new(treated, held, new ConfidenceSequence(alpha).Of(treated, held))
        {
            Ratio = heldShare is { } share ? SampleRatio.Of([treated.Units, held.Units], [1 - share, share]) : null,
        };
}
