namespace StreamEngage.Steps.Observe;

/// <summary>Beats once a turn of the engine's loop, so that a loop that stands still shows.</summary>
internal sealed class LoopPulse(TimeProvider time)
{
    private long _last = time.GetTimestamp();

    public void Beat() => Volatile.Write(ref _last, time.GetTimestamp());

    /// <summary>Time since the last beat, or since the start where there was none.</summary>
    public TimeSpan Age => time.GetElapsedTime(Volatile.Read(ref _last));
}
