namespace StreamEngage.Steps.Simulation;

/// <summary>
/// One thread, one clock. Whoever waits in the simulated world waits here; each turn one of those who wait goes on, by lot. A dead one never goes on.
/// </summary>
internal sealed class World(Fate fate) : TimeProvider
{
    private readonly List<Wait> _waits = [];
    private long _now = 1_767_225_600_500;

    public Fate Fate => fate;

    /// <summary>What happened, for a history that is told again because it went wrong; null: nobody asks.</summary>
    public List<string>? Chronicle { get; init; }

    public void Note(string what) => Chronicle?.Add($"{_now % 1_000_000} {what}");

    public long Now => _now;

    /// <summary>How far the wall clock was set from the time that passes.</summary>
    public long Skew { get; set; }

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_now + Skew);

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => _now;

    /// <summary>Ends some milliseconds from now, if its actor lives.</summary>
    public Task Pause(Actor actor, int milliseconds)
    {
        var wait = new Wait(actor, _now + milliseconds, new());
        _waits.Add(wait);
        return wait.Over.Task;
    }

    /// <summary>Lets one of those whose time has come go on; time passes when there is none. False when nobody waits.</summary>
    public bool Turn()
    {
        // Millions of turns are taken, so nothing is allocated in one.
        var (earliest, able) = (long.MaxValue, 0);
        for (var i = _waits.Count - 1; i >= 0; i--)
        {
            if (_waits[i].Actor.IsDead) _waits.RemoveAt(i);
            else if (!_waits[i].Actor.IsStopped) earliest = Math.Min(earliest, _waits[i].At);
        }
        if (earliest == long.MaxValue) return false;
        if (earliest > _now) _now = earliest;
        foreach (var wait in _waits)
            if (IsAble(wait)) able++;
        var chosen = fate.Below(able);
        var at = -1;
        do at++;
        while (!IsAble(_waits[at]) || chosen-- > 0);
        var next = _waits[at];
        _waits.RemoveAt(at);
        next.Over.SetResult();
        return true;
    }

    private bool IsAble(Wait wait) => wait.At <= _now && !wait.Actor.IsStopped && !wait.Actor.IsDead;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new OneShot();
        _ = Fire();
        return timer;

        async Task Fire()
        {
            await Pause(Actor.Nobody, (int)Math.Max(1, dueTime.TotalMilliseconds));
            if (!timer.IsDisposed) callback(state);
        }
    }

    private sealed record Wait(Actor Actor, long At, TaskCompletionSource Over);

    private sealed class OneShot : ITimer
    {
        public bool IsDisposed { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period) => false;

        public void Dispose() => IsDisposed = true;

        public ValueTask DisposeAsync()
        {
            IsDisposed = true;
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A process of the simulated world: it can be killed, and stopped for a while.</summary>
internal sealed class Actor(string name)
{
    public static Actor Nobody { get; } = new("nobody");

    public string Name => name;

    public bool IsDead { get; set; }

    public bool IsStopped { get; set; }
}
