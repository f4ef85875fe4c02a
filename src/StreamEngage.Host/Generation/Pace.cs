namespace StreamEngage.Host.Generation;

/// <summary>Keeps a writer at no more than so many lines a second; 0 is no limit.</summary>
internal sealed class Pace(int linesPerSecond)
{
    // A burst every 20 ms: finer waits cost more than they smooth.
    private readonly int _burst = Math.Max(1, linesPerSecond / 50);
    private readonly long _started = TimeProvider.System.GetTimestamp();

    public bool IsDue(long written) => linesPerSecond > 0 && written % _burst == 0;

    /// <summary>Returns when the lines written so far are due, or at once when they are overdue or a stop is asked for.</summary>
    public async Task WaitAsync(long written, CancellationToken stop)
    {
        var early = TimeSpan.FromSeconds(written / (double)linesPerSecond) - TimeProvider.System.GetElapsedTime(_started);
        if (early > TimeSpan.Zero) await Task.Delay(early, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
