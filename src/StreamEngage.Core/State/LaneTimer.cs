namespace StreamEngage.State;

/// <summary>What a timer of a user is for. The order is the order within one instant: sessions end before anything is decided.</summary>
internal enum TimerPurpose : byte { SessionEnd, SegmentCheck, Trigger }

/// <summary>One pending deadline of one user, linked into the lane's wheel while it is armed.</summary>
internal sealed class LaneTimer
{
    private readonly UserState? _user;

    // The wheel only.
    internal LaneTimer? Previous;
    internal LaneTimer? Next;
    internal int Slot = NotLinked;

    public LaneTimer(UserState user, TimerPurpose purpose)
    {
        _user = user;
        Purpose = purpose;
    }

    public LaneTimer(Progress progress)
    {
        Progress = progress;
        Purpose = TimerPurpose.Trigger;
    }

    public const int NotLinked = -1;

    public UserState User => _user ?? Progress!.Instance.User;

    public TimerPurpose Purpose { get; }

    /// <summary>What waits for it; null unless <see cref="TimerPurpose.Trigger"/>.</summary>
    public Progress? Progress { get; }

    /// <summary>Unix milliseconds; meaningful while armed.</summary>
    public long Due { get; internal set; }

    public bool IsArmed => Slot != NotLinked;
}
