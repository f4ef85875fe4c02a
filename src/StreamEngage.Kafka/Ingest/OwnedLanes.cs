using System.Collections.Concurrent;

namespace StreamEngage.Kafka;

/// <summary>Which lanes the group has given to this instance.</summary>
/// <remarks>Changed by the client's thread only; <see cref="Claim"/> and <see cref="Holds"/> are for any.</remarks>
internal sealed class OwnedLanes(int topics)
{
    private readonly ConcurrentDictionary<int, LaneReading> _lanes = new();

    public IEnumerable<LaneReading> All => _lanes.Values;

    /// <summary>These lanes as they are owned now; one that goes and comes back is another one. Null: some are not owned.</summary>
    public IReadOnlyList<LaneReading>? Claim(IEnumerable<int> lanes)
    {
        var asked = lanes.ToList();
        var claim = asked.Select(lane => _lanes.GetValueOrDefault(lane)).OfType<LaneReading>().ToList();
        return claim.Count == asked.Count ? claim : null;
    }

    public bool Holds(IReadOnlyList<LaneReading> claim) => claim.All(lane => ReferenceEquals(_lanes.GetValueOrDefault(lane.Lane), lane));

    public LaneReading? Find(int lane) => _lanes.GetValueOrDefault(lane);

    /// <summary>A lane that stands still, whatever it did when it was here before.</summary>
    public void Add(int lane) => _lanes[lane] = new(lane, topics);

    public void Remove(int lane) => _lanes.TryRemove(lane, out _);
}
