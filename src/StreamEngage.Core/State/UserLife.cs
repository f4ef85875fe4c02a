using StreamEngage.Rules;

namespace StreamEngage.State;

/// <summary>
/// The times at which a user was active, as far as they make a stage: the first of all, and runs of activity that silences of <c>at_risk</c> part. A function
/// of those times alone, so neither the order in which events came nor which of two merged users they were of shows in it.
/// </summary>
internal sealed class UserLife
{
    private const long Never = long.MinValue;

    private LifeRun[] _runs = [];   // in order of time; more than at_risk apart
    private long _settledEnd = Never;

    public UserLife()
    {
    }

    /// <summary>A life of which only the ends are known.</summary>
    public UserLife(long first, long last) => (First, _settledEnd) = (first, last);

    /// <summary>Unix milliseconds of the first activity; the greatest number before it.</summary>
    public long First { get; private set; } = long.MaxValue;

    /// <summary>
    /// Last activity of the run that made the user active so long ago that nothing before it, nor when it began, shows any more; null: there is none.
    /// </summary>
    public long? SettledEnd => _settledEnd == Never ? null : _settledEnd;

    /// <summary>Those after it.</summary>
    public ReadOnlySpan<LifeRun> Runs => _runs;

    /// <summary>Runs that were given up because a user had too many.</summary>
    /// <param name="at">When the user was active.</param>
    /// <param name="policy">By which stages are made.</param>
    /// <param name="settled">No instant before this is asked about any more.</param>
    public int Add(long at, LifecyclePolicy policy, long settled)
    {
        First = Math.Min(First, at);
        if (Extends(at, policy)) return 0;
        Put(new([at], at), policy);
        Settle(policy, settled);
        return Bound();
    }

    /// <summary>The other one's times are this one's too.</summary>
    public int Merge(UserLife other, LifecyclePolicy policy, long settled)
    {
        First = Math.Min(First, other.First);
        _settledEnd = Math.Max(_settledEnd, other._settledEnd);
        var runs = _runs.Concat(other._runs).OrderBy(run => run.Start).ToArray();
        _runs = [];
        foreach (var run in runs) Put(run, policy);
        Settle(policy, settled);
        return Bound();
    }

    /// <summary>Forgets what cannot show at <paramref name="settled"/> or later.</summary>
    public void Settle(LifecyclePolicy policy, long settled)
    {
        var last = Array.FindLastIndex(_runs, run => run.ReturnedAt(policy.Return) is { } at && at + policy.ResurrectedMilliseconds <= settled);
        if (last < 0) return;
        _settledEnd = _runs[last].End;
        _runs = _runs[(last + 1)..];
    }

    /// <summary>As it was written.</summary>
    public static UserLife Restored(long first, long? settledEnd, LifeRun[] runs) =>
        new() { First = first, _settledEnd = settledEnd ?? Never, _runs = runs };

    /// <summary>Null before the first activity.</summary>
    public LifecycleStage? StageAt(long at, LifecyclePolicy policy)
    {
        if (at < First) return null;
        var (last, fallen, resurrectedAt) = Standing(at, policy);
        var deepest = Deeper(fallen, policy.AfterSilence(at - last));
        if (deepest != LifecycleStage.Active) return deepest;
        if (resurrectedAt != Never && at < resurrectedAt + policy.ResurrectedMilliseconds) return LifecycleStage.Resurrected;
        return at < First + policy.NewMilliseconds ? LifecycleStage.New : LifecycleStage.Active;
    }

    /// <summary>The first instant after <paramref name="at"/> at which another stage may begin though nothing happens; long.MaxValue: none.</summary>
    public long NextChange(long at, LifecyclePolicy policy)
    {
        if (at < First) return long.MaxValue;
        var (last, _, resurrectedAt) = Standing(at, policy);
        var next = After(at, First + policy.NewMilliseconds);
        if (resurrectedAt != Never) next = Math.Min(next, After(at, resurrectedAt + policy.ResurrectedMilliseconds));
        next = Math.Min(next, After(at, last + policy.AtRiskMilliseconds));
        next = Math.Min(next, After(at, last + policy.DormantMilliseconds));
        return Math.Min(next, After(at, last + policy.ChurnedMilliseconds));
    }

    private static long After(long at, long instant) => instant > at ? instant : long.MaxValue;

    /// <summary>The latest activity, how deep the user had fallen and has not come back from, and when it was resurrected, if ever.</summary>
    private (long Last, LifecycleStage Fallen, long ResurrectedAt) Standing(long at, LifecyclePolicy policy)
    {
        var (last, fallen, resurrectedAt) = (_settledEnd, LifecycleStage.Active, Never);
        foreach (ref readonly var run in _runs.AsSpan())
        {
            if (run.Start > at) break;
            // A silence that an event ends at the very instant has not reached its length.
            if (last != Never) fallen = Deeper(fallen, policy.AfterSilence(run.Start - last - 1));
            last = run.End;
            if (fallen == LifecycleStage.Active || run.ReturnedAt(policy.Return) is not { } returned || returned > at) continue;
            resurrectedAt = fallen >= LifecycleStage.Dormant ? returned : Never;
            fallen = LifecycleStage.Active;
        }
        return (Math.Min(last, at), fallen, resurrectedAt);
    }

    private static LifecycleStage Deeper(LifecycleStage a, LifecycleStage b) => a > b ? a : b;

    /// <summary>What nearly every activity does: it is the latest of a run that has all the rest it needs.</summary>
    private bool Extends(long at, LifecyclePolicy policy)
    {
        if (_runs.Length == 0)
        {
            if (_settledEnd == Never || at > _settledEnd + policy.AtRiskMilliseconds) return false;
            _settledEnd = Math.Max(_settledEnd, at);
            return true;
        }
        ref var last = ref _runs[^1];
        if (last.ReturnedAt(policy.Return) is not { } returned || at < returned || at > last.End + policy.AtRiskMilliseconds) return false;
        last = last with { End = Math.Max(last.End, at) };
        return true;
    }

    private void Put(LifeRun run, LifecyclePolicy policy)
    {
        var apart = policy.AtRiskMilliseconds;
        if (_settledEnd != Never && run.Start <= _settledEnd + apart)
        {
            _settledEnd = Math.Max(_settledEnd, run.End);
            var left = 0;
            for (; left < _runs.Length && _runs[left].Start <= _settledEnd + apart; left++) _settledEnd = Math.Max(_settledEnd, _runs[left].End);
            if (left > 0) _runs = _runs[left..];
            return;
        }
        var before = Array.FindAll(_runs, other => other.End + apart < run.Start);
        var joined = run;
        var after = new List<LifeRun>();
        foreach (var other in _runs.AsSpan(before.Length))
        {
            if (joined.End + apart < other.Start) after.Add(other);
            else joined = joined.With(other, policy.Return);
        }
        _runs = [.. before, joined, .. after];
    }

    private int Bound()
    {
        var surplus = Math.Max(0, _runs.Length - Limits.LifeRunsMax);
        if (surplus > 0) _runs = _runs[surplus..];
        return surplus;
    }
}

/// <summary>Activities of which none is <c>at_risk</c> away from the next.</summary>
/// <param name="Times">The first ones, as many as bring a user back; in order.</param>
/// <param name="End">The last one.</param>
internal readonly record struct LifeRun(long[] Times, long End)
{
    public long Start => Times[0];

    /// <summary>When it brought the user back; null while it has not.</summary>
    public long? ReturnedAt(int needed) => Times.Length >= needed ? Times[needed - 1] : null;

    public LifeRun With(LifeRun other, int needed) => new([.. Times.Concat(other.Times).Order().Take(needed)], Math.Max(End, other.End));
}
