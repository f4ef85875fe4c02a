using System.Collections.Concurrent;

namespace StreamEngage.Steps.Observe;

/// <summary>What a lane is doing.</summary>
internal enum LaneState
{
    /// <summary>Taking over: token, barrier, outbox.</summary>
    Acquiring,

    /// <summary>Doing again from the journal what the store lost.</summary>
    Replaying,

    /// <summary>Reading, stepping, publishing.</summary>
    Running,

    /// <summary>Standing still until what it waits for is back: the store, room in the outbox.</summary>
    Paused,

    /// <summary>Finishing before it goes to another instance.</summary>
    Draining,

    /// <summary>Standing still until a person has looked.</summary>
    Parked,
}

/// <summary>A lane as it is shown to people. Immutable.</summary>
internal sealed record LaneStatus(int Lane, LaneState State)
{
    /// <summary>Why it is in a state other than running, in words; null where there is nothing to say. Never anything of a user.</summary>
    public string? Why { get; init; }

    public long Step { get; init; }

    /// <summary>Next offsets to apply, of each input topic.</summary>
    public string Applied { get; init; } = "";

    public long Journal { get; init; }

    /// <summary>True when the end of its input was reached.</summary>
    public bool IsCaughtUp { get; init; }

    public long LagRecords { get; init; }

    public long LagMilliseconds { get; init; }

    public int Outbox { get; init; }

    public int CachedUsers { get; init; }

    /// <summary>Version of the rulebook its last step used.</summary>
    public string Rulebook { get; init; } = "";
}

/// <summary>Where the lanes of this instance stand: their owners write it, health, metrics and the admin port read it. Thread-safe.</summary>
internal sealed class LaneBoard
{
    // As many as the instance has partitions: the owner removes a lane that went.
    private readonly ConcurrentDictionary<int, LaneStatus> _lanes = new();

    public void Show(LaneStatus lane) => _lanes[lane.Lane] = lane;

    public void Remove(int lane) => _lanes.TryRemove(lane, out _);

    public IReadOnlyList<LaneStatus> Lanes => [.. _lanes.Values.OrderBy(lane => lane.Lane)];

    public long Sum(Func<LaneStatus, long> of) => _lanes.Values.Sum(of);

    public long Max(Func<LaneStatus, long> of) => _lanes.Values.Select(of).DefaultIfEmpty().Max();

    public long Count(LaneState state) => _lanes.Values.LongCount(lane => lane.State == state);
}
