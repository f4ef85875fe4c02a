using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.State;

/// <summary>The stored form of what makes a user's stage. What the user's first and last event say already is not written again.</summary>
internal sealed class LifeCodec(StateLayout layout, Lane lane)
{
    private readonly LifecyclePolicy? _policy = layout.Lifecycle;

    public bool Concerns(UserState user)
    {
        if (_policy is null || user.Life is not { } life) return false;
        life.Settle(_policy, lane.Clock.UnixMilliseconds - layout.LatenessMilliseconds);
        return life.Runs.Length > 0 || !IsImplied(user, life);
    }

    public void Write(UserLife life, RecordWriter to)
    {
        to.Half(layout.LifeActivity);
        to.Signed(life.First);
        to.Time(life.SettledEnd is { } end ? new EventTime(end) : null);
        to.Count(life.Runs.Length);
        foreach (var run in life.Runs)
        {
            to.Count(run.Times.Length);
            to.Signed(run.Start);
            for (var i = 1; i < run.Times.Length; i++) to.Count(run.Times[i] - run.Times[i - 1]);
            to.Count(run.End - run.Times[^1]);
        }
    }

    /// <summary>What was kept of other activity is of no use.</summary>
    public void Read(ref RecordReader from, UserState user)
    {
        var isSame = from.Half() == layout.LifeActivity;
        var (first, settled) = (Instant(from.Signed()), from.Time());
        var runs = new LifeRun[from.Items()];
        for (var i = 0; i < runs.Length && !from.IsBroken; i++) runs[i] = ReadRun(ref from);
        if (!isSame || _policy is null || from.IsBroken) return;
        user.Life = UserLife.Restored(first, settled is { } end ? Instant(end.UnixMilliseconds) : null, runs);
    }

    /// <summary>After a record was read that says nothing of it.</summary>
    public void Complete(UserState user)
    {
        if (_policy is { Of.Count: 0 } && user.Life is null) Assume(user);
    }

    /// <summary>Nothing but the first and the last event is known: between them the user was there.</summary>
    public static void Assume(UserState user)
    {
        if (user is { Life: null, FirstSeen: { } first, LastSeen: { } last }) user.Life = new(first.UnixMilliseconds, last.UnixMilliseconds);
    }

    private bool IsImplied(UserState user, UserLife life) =>
        _policy!.Of.Count == 0 && user.FirstSeen?.UnixMilliseconds == life.First && user.LastSeen?.UnixMilliseconds == life.SettledEnd;

    private static LifeRun ReadRun(ref RecordReader from)
    {
        var times = new long[Math.Max(1, from.Items())];
        times[0] = Instant(from.Signed());
        for (var i = 1; i < times.Length && !from.IsBroken; i++) times[i] = Later(times[i - 1], from.Count());
        return new(times, Later(times[^1], from.Count()));
    }

    // A damaged record must not lead outside of what can be added up.
    private static long Instant(long milliseconds) => Math.Clamp(milliseconds, -Limits.EventTimeMax, Limits.EventTimeMax);

    private static long Later(long at, long milliseconds) => Instant(at + Math.Min(milliseconds, Limits.EventTimeMax));
}
