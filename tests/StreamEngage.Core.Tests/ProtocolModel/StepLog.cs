namespace StreamEngage.Tests.ProtocolModel;

/// <summary>What a step did: which one it was is decided by time, so it must be written down to be repeated.</summary>
internal enum Step : byte
{
    Unknown,
    Event,
    Tick
}

/// <summary>The steps of a lane by number, two bits each. A number may be unknown.</summary>
internal readonly record struct StepLog(byte Bits)
{
    public const int Capacity = 4;

    public Step this[int number] => number < Capacity ? (Step)((Bits >> (2 * number)) & 3) : Step.Unknown;

    /// <summary>One more than the highest number that is known.</summary>
    public byte End => (byte)((9 - byte.LeadingZeroCount(Bits)) / 2);

    public bool HasGap
    {
        get
        {
            for (var number = 0; number < End; number++)
                if (this[number] == Step.Unknown)
                    return true;
            return false;
        }
    }

    public StepLog With(int number, Step step) => new((byte)((Bits & ~(3 << (2 * number))) | ((int)step << (2 * number))));

    public StepLog From(int number) => new((byte)(Bits & (0xff << (2 * number))));

    public bool Contradicts(StepLog other)
    {
        for (var number = 0; number < Capacity; number++)
            if (this[number] != Step.Unknown && other[number] != Step.Unknown && this[number] != other[number])
                return true;
        return false;
    }

    /// <summary>Both together; where both know a step, this one stands.</summary>
    public StepLog Or(StepLog other)
    {
        var both = this;
        for (var number = 0; number < Capacity; number++)
            if (both[number] == Step.Unknown)
                both = both.With(number, other[number]);
        return both;
    }
}
