namespace StreamEngage.State;

/// <summary>
/// What a timer of a user is for. The order is the order within one instant: sessions end before anything is decided, and what was held is decided before
/// what is new.
/// </summary>
internal enum TimerPurpose : byte { SessionEnd, Release, SegmentCheck, Trigger }

/// <summary>
/// Something of a user that waits for a deadline, linked into the lane's wheel while it is armed. What waits is the timer itself: an object the less
/// for each of them.
/// </summary>
internal abstract class LaneTimer(TimerPurpose purpose)
{
    // The wheel only.
    internal LaneTimer? Previous;
    internal LaneTimer? Next;
    internal int Slot = NotLinked;

    public const int NotLinked = -1;

    public abstract UserState User { get; }

    public TimerPurpose Purpose { get; } = purpose;

    /// <summary>Unix milliseconds; meaningful while armed.</summary>
    public long Due { get; internal set; }

    public bool IsArmed => Slot != NotLinked;
}

/// <summary>The next instant at which time alone may change a user's segments.</summary>
internal sealed class SegmentCheck(UserState user) : LaneTimer(TimerPurpose.SegmentCheck)
{
    public override UserState User => user;
}
