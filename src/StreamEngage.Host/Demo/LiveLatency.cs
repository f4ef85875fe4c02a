namespace StreamEngage.Host.Demo;

/// <summary>Latencies of the whole run and of the last whole second.</summary>
internal sealed class LiveLatency
{
    private static readonly TimeSpan _second = TimeSpan.FromSeconds(1);

    private LatencyHistogram _thisSecond = new();
    private TimeSpan _secondEnds = _second;

    public LatencyHistogram All { get; } = new();

    public LatencyHistogram LastSecond { get; private set; } = new();

    public void Add(TimeSpan took)
    {
        All.Add(took);
        _thisSecond.Add(took);
    }

    /// <summary>Closes the second when it is over. A second in which nothing came leaves nothing behind.</summary>
    public void PassTo(TimeSpan now)
    {
        if (now < _secondEnds) return;
        (LastSecond, _thisSecond) = (_thisSecond, LastSecond);
        _thisSecond.Clear();
        if (now >= _secondEnds + _second) LastSecond.Clear();
        _secondEnds = TimeSpan.FromSeconds(Math.Floor(now.TotalSeconds) + 1);
    }
}
