using System.Collections.Concurrent;
using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>
/// Which lanes the group has given to this instance. Partitions may come in parts (one topic's before another's); they make a lane when all
/// are there, and the first to go takes the lane with it.
/// </summary>
/// <remarks>Changed by the client's thread only; <see cref="OwnsAll"/> is for any.</remarks>
internal sealed class OwnedLanes(IReadOnlyList<string> topics)
{
    private readonly Dictionary<string, int> _indexes = topics.Index().ToDictionary(topic => topic.Item, topic => topic.Index, StringComparer.Ordinal);
    private readonly Dictionary<int, LaneReading> _lanes = [];
    private readonly ConcurrentDictionary<int, bool> _whole = new();

    public IEnumerable<LaneReading> All => _lanes.Values;

    public bool OwnsAll(IEnumerable<int> lanes) => lanes.All(_whole.ContainsKey);

    public int TopicOf(string topic) => _indexes[topic];

    public LaneReading? Find(int lane) => _lanes.GetValueOrDefault(lane);

    public IEnumerable<TopicPartition> PartsOf(LaneReading lane) => lane.Parts.Select(topic => new TopicPartition(topics[topic], lane.Lane));

    /// <returns>Lanes that these partitions complete.</returns>
    public IReadOnlyList<int> Add(IEnumerable<TopicPartition> partitions)
    {
        List<int> completed = [];
        foreach (var partition in partitions)
        {
            var lane = Find(partition.Partition.Value) ?? (_lanes[partition.Partition.Value] = new(partition.Partition.Value, topics.Count));
            lane.Add(TopicOf(partition.Topic));
            if (lane.IsWhole && _whole.TryAdd(lane.Lane, true)) completed.Add(lane.Lane);
        }
        return completed;
    }

    /// <returns>Whole lanes that end when these partitions go.</returns>
    public IReadOnlyList<int> WholeAmong(IEnumerable<TopicPartition> partitions) =>
        [.. partitions.Select(partition => partition.Partition.Value).Distinct().Where(_whole.ContainsKey).Order()];

    public void Remove(IEnumerable<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (Find(partition.Partition.Value) is not { } lane) continue;
            _whole.TryRemove(lane.Lane, out _);
            _lanes.Remove(lane.Lane);
            // What is left of it goes on being owned, and stands still.
            var left = lane.Parts.Where(topic => topics[topic] != partition.Topic).ToList();
            if (left.Count > 0) _lanes[lane.Lane] = Remains(lane.Lane, left);
        }
    }

    private LaneReading Remains(int lane, IEnumerable<int> parts)
    {
        var remains = new LaneReading(lane, topics.Count);
        foreach (var topic in parts) remains.Add(topic);
        return remains;
    }
}
