using StreamEngage.State;

namespace StreamEngage.Detect;

/// <summary>
/// Users who went away keep what their patterns had begun until they come again, and most of a day's users are away: once nothing of it can be
/// finished any more it is given back, to be used for those who are there. What a user is decided does not depend on when that happens.
/// </summary>
internal sealed class IdleSweep(CompiledRulebook rulebook, Lane lane, InstanceSweep sweep)
{
    // A pattern that may take longer keeps what it has: looking at users again and again would cost more than it frees.
    private const long PatternMillisecondsMax = 4 * 3_600_000L;
    private const int RingMin = 64;

    private readonly long _horizon = HorizonOf(rulebook);
    private Visit[] _ring = new Visit[RingMin];
    private int _first;
    private int _count;

    /// <summary>A group of the user was decided: the user is looked at again when it is old.</summary>
    public void After(UserState user)
    {
        if (_horizon == 0 || user.AwaitsSweep || user.InstanceCount == 0 || _count == Limits.IdleVisitsMax) return;
        user.AwaitsSweep = true;
        Add(new(user.Hash, lane.Clock.UnixMilliseconds + _horizon));
    }

    /// <summary>Looks at users whose time has come. To be called between groups.</summary>
    /// <param name="most">How many at the most, so that no event waits for many users.</param>
    public void Run(int most)
    {
        for (; most > 0 && _count > 0 && _ring[_first].Due <= lane.Clock.UnixMilliseconds; most--)
        {
            var visit = _ring[_first];
            _first = Place(1);
            _count--;
            Prefetch();
            if (lane.Users.FirstOf(visit.UserHash) is { AwaitsSweep: true } user) LookAt(user);
        }
    }

    private void LookAt(UserState user)
    {
        var due = user.LastSeen is { } seen ? seen.UnixMilliseconds + _horizon : long.MinValue;
        if (due > lane.Clock.UnixMilliseconds)
        {
            Add(new(user.Hash, due));
            return;
        }
        user.AwaitsSweep = false;
        sweep.OfIdle(user);
    }

    /// <summary>These users have long left the cache, and are met one in several events.</summary>
    private void Prefetch()
    {
        if (_count < 4) return;
        var users = lane.Users;
        users.PrefetchEntry(_ring[Place(3)].UserHash);
        users.FirstOf(_ring[Place(2)].UserHash)?.Prefetch();
        users.FirstOf(_ring[Place(1)].UserHash)?.PrefetchParts(withInstances: true);
        users.FirstOf(_ring[_first].UserHash)?.PrefetchInstances();
    }

    private void Add(Visit visit)
    {
        if (_count == _ring.Length) Grow();
        _ring[Place(_count)] = visit;
        _count++;
    }

    private void Grow()
    {
        var grown = new Visit[_ring.Length * 2];
        for (var i = 0; i < _count; i++) grown[i] = _ring[Place(i)];
        (_ring, _first) = (grown, 0);
    }

    private int Place(int fromFirst) => (_first + fromFirst) & (_ring.Length - 1);

    private static long HorizonOf(CompiledRulebook rulebook)
    {
        var longest = 0L;
        foreach (var trigger in rulebook.Triggers)
            if (trigger.Pattern?.Definition.WithinMilliseconds is { } within and <= PatternMillisecondsMax) longest = Math.Max(longest, within);
        return longest == 0 ? 0 : longest + rulebook.Time.LatenessMilliseconds;
    }

    /// <summary>By hash, not by reference: a user who leaves memory meanwhile is not kept in it.</summary>
    private readonly record struct Visit(ulong UserHash, long Due);
}
