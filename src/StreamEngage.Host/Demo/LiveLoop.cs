namespace StreamEngage.Host.Demo;

/// <summary>Drives an engine by a wall clock: what is due is done, then a sleep. It never spins, and it ends by itself.</summary>
internal sealed class LiveLoop
{
    private static readonly TimeSpan _sleep = TimeSpan.FromMilliseconds(1);

    /// <summary>How long after the end an engine that fell behind may still work on what was due before it.</summary>
    private static readonly TimeSpan _backlogMax = TimeSpan.FromSeconds(5);

    private readonly TimeProvider _time;
    private readonly long _started;

    /// <summary>The wall time of the loop begins here.</summary>
    public LiveLoop(TimeProvider time) => (_time, _started) = (time, time.GetTimestamp());

    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Runs until the end or until it is stopped.</summary>
    /// <param name="engine">Reads <see cref="Elapsed"/>.</param>
    /// <param name="duration">What is due up to and at its end is done; null is for ever.</param>
    /// <param name="reportEvery">Time between two reports.</param>
    /// <param name="report">Receives how the engine stands; must not wait.</param>
    /// <param name="stop">Ends the loop at the next line or tick.</param>
    /// <returns>How the engine stood at the end.</returns>
    public async Task<DemoSnapshot> RunAsync(
        LiveEngine engine, TimeSpan? duration, TimeSpan reportEvery, Action<DemoSnapshot> report, CancellationToken stop)
    {
        var end = duration ?? TimeSpan.MaxValue - _backlogMax;
        var reportDue = reportEvery;
        while (!stop.IsCancellationRequested)
        {
            var now = Elapsed;
            if (now >= reportDue)
            {
                report(engine.Snapshot(now));
                reportDue += reportEvery;
            }
            if (now >= end + _backlogMax) break;
            if (engine.Step(now < end ? now : end)) continue;
            if (now >= end) break;
            await Task.Delay(_sleep, _time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return engine.Snapshot(Elapsed);
    }
}
