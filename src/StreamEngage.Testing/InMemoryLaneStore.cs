using System.Collections.Immutable;
using StreamEngage.Events;
using StreamEngage.Steps;

namespace StreamEngage.Testing;

/// <summary>A store of lanes in memory, for simulations and as the measure of every other store. It can lose its tail, or everything.</summary>
/// <remarks>
/// Safe for concurrent calls. All calls finish at once and ignore their cancellation. What is stored is copied and never changes, so a
/// snapshot costs nothing however big the store is.
/// </remarks>
internal sealed class InMemoryLaneStore : ILaneStore
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<int, StoredLane> _lanes = ImmutableDictionary<int, StoredLane>.Empty;

    /// <summary>While true every prepare is <see cref="PrepareVerdict.Refused"/>, as of a store that is full.</summary>
    public bool IsFull { get; set; }

    /// <summary>Everything as it stands now, to be rolled back to later. As often as wanted.</summary>
    public Moment Remember()
    {
        lock (_gate) return new(_lanes);
    }

    /// <summary>Loses all that was written after the moment: acquired tokens as well as steps.</summary>
    public void RollBack(Moment moment)
    {
        lock (_gate) _lanes = moment.Lanes;
    }

    /// <summary>Loses everything.</summary>
    public void Wipe()
    {
        lock (_gate) _lanes = _lanes.Clear();
    }

    /// <summary>Users that the lane has a record of.</summary>
    public int UsersOf(int lane)
    {
        lock (_gate) return Of(lane).Users.Count;
    }

    /// <summary>What the lane's last step left; empty: it has none.</summary>
    public ReadOnlyMemory<byte> HeadOf(int lane)
    {
        lock (_gate) return Of(lane).Head;
    }

    /// <inheritdoc/>
    public Task<LaneRecord> AcquireAsync(int lane, string token, CancellationToken stop)
    {
        lock (_gate)
        {
            var stored = Of(lane) with { Token = token };
            _lanes = _lanes.SetItem(lane, stored);
            return Task.FromResult(new LaneRecord(stored.Step, stored.Head, stored.OutboxInOrder()));
        }
    }

    /// <inheritdoc/>
    public Task<LoadedUsers> LoadAsync(int lane, IReadOnlyList<Utf8Text> users, long? dueThrough, int dueMax, CancellationToken stop)
    {
        StoredLane stored;
        lock (_gate) stored = Of(lane);
        return Task.FromResult(new LoadedUsers(new(stored.Token, stored.Step), [.. users.Select(stored.RecordOf)], stored.DueThrough(dueThrough, dueMax)));
    }

    /// <inheritdoc/>
    public Task<PrepareVerdict> PrepareAsync(int lane, string token, StepWrite step, CancellationToken stop)
    {
        StepRules.Check(step);
        lock (_gate)
        {
            var stored = Of(lane);
            if (stored.Token != token) return Task.FromResult(PrepareVerdict.Fenced);
            if (stored.Step == step.Step && stored.StepId == step.StepId) return Task.FromResult(PrepareVerdict.Already);
            if (stored.Step != step.Step - 1) return Task.FromResult(PrepareVerdict.Fenced);
            if (IsFull) return Task.FromResult(PrepareVerdict.Refused);
            _lanes = _lanes.SetItem(lane, stored.After(step));
            return Task.FromResult(PrepareVerdict.Prepared);
        }
    }

    /// <inheritdoc/>
    public Task<LaneMark> LookAsync(int lane, CancellationToken stop)
    {
        lock (_gate) return Task.FromResult(new LaneMark(Of(lane).Token, Of(lane).Step));
    }

    private StoredLane Of(int lane) => _lanes.GetValueOrDefault(lane, StoredLane.Empty);

    /// <summary>The store as it once stood.</summary>
    internal sealed class Moment
    {
        internal Moment(ImmutableDictionary<int, StoredLane> lanes) => Lanes = lanes;

        internal ImmutableDictionary<int, StoredLane> Lanes { get; }
    }
}
