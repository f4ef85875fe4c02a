using System.Collections.Concurrent;

namespace StreamEngage.Kafka;

/// <summary>Which lanes the group has given to this instance.</summary>
/// <remarks>Changed by the client's thread only; <see cref="OwnsAll"/> is for any.</remarks>
internal sealed class OwnedLanes
{
    private readonly ConcurrentDictionary<int, LaneReading> _lanes = new();

    public IEnumerable<LaneReading> All => _lanes.Values;

    public bool OwnsAll(IEnumerable<int> lanes) => lanes.All(_lanes.ContainsKey);

    public LaneReading? Find(int lane) => _lanes.GetValueOrDefault(lane);

    /// <summary>A lane that stands still, whatever it did when it was here before.</summary>
    public void Add(int lane) => _lanes[lane] = new(lane);

    public void Remove(int lane) => _lanes.TryRemove(lane, out _);
}
