namespace StreamEngage.Steps.Simulation;

/// <summary>
/// One thread, one clock. Whoever waits in the simulated world waits here; each turn one of those who wait goes on, by lot. A dead one never goes on.
/// </summary>
internal sealed class World(Fate fate) : TimeProvider
{
    private readonly List<Wait> _waits = [];
    private long _now = 1_767_225_600_000;

    public Fate Fate => fate;

    /// <summary>What happened, for a history that is told again because it went wrong; null: nobody asks.</summary>
    public List<string>? Chronicle { get; init; }

    public void Note(string what) => Chronicle?.Add($"{_now % 1_000_000} {what}");

    public long Now => _now;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(_now);

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
        _waits.RemoveAll(wait => wait.Actor.IsDead);
        var able = _waits.Where(wait => !wait.Actor.IsStopped).ToList();
        if (able.Count == 0) return false;
        var earliest = able.Min(wait => wait.At);
        if (earliest > _now) _now = earliest;
        var next = fate.OneOf(able.Where(wait => wait.At <= _now).ToList());
        _waits.Remove(next);
        next.Over.SetResult();
        return true;
    }

    public void Pass(long milliseconds) => _now += milliseconds;

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
