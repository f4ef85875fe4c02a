using System.Runtime.InteropServices;
using System.Text;
using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>One producer's life: from its start to the first outcome that it does not know.</summary>
internal abstract class Publisher(KafkaCluster cluster, Membership membership) : IDisposable
{
    protected static readonly TimeSpan CallWait = TimeSpan.FromMilliseconds(KafkaLimits.CallMilliseconds);

    protected KafkaCluster Cluster => cluster;

    protected IProducer<byte[]?, byte[]> Producer { get; } = cluster.Producer();

    /// <summary>Ends what a former producer of this instance left open, and makes ready to write to these topics.</summary>
    public void Begin(IEnumerable<string> topics)
    {
        Open();
        // A producer that is given the first record of a topic asks for the topic then, and waits for half a second in between: a prompt would be late by it.
        using var asking = new DependentAdminClientBuilder(Producer.Handle).Build();
        foreach (var topic in topics) asking.GetMetadata(topic, TimeSpan.FromMilliseconds(KafkaLimits.RequestMilliseconds));
    }

    /// <param name="lanes">What is published.</param>
    /// <param name="member">Asked before anything is sent, and again before a transaction's end; null: the lanes are no longer this instance's.</param>
    public abstract PublishResult Publish(IReadOnlyList<LanePublication> lanes, Func<IConsumerGroupMetadata?> member);

    public void Dispose() => Producer.Dispose();

    protected abstract void Open();

    protected void Progress(IEnumerable<TopicPartitionOffset> applied) => membership.ShowProgress(applied);

    protected void SendRecords(IReadOnlyList<LanePublication> lanes, DeliveryReports reports)
    {
        foreach (var lane in lanes)
            foreach (var record in lane.Records)
                Producer.Produce(new TopicPartition(record.Topic, record.Partition ?? Partition.Any), Message(record), reports.OfRecord());
    }

    protected void SendJournal(IReadOnlyList<LanePublication> lanes, DeliveryReports reports)
    {
        for (var i = 0; i < lanes.Count; i++)
        {
            var place = new TopicPartition(cluster.Settings.JournalTopic, lanes[i].Lane);
            Producer.Produce(place, new Message<byte[]?, byte[]> { Value = Bytes(lanes[i].Journal) }, reports.OfJournal(i));
        }
    }

    protected IReadOnlyList<TopicPartitionOffset> Applied(IReadOnlyList<LanePublication> lanes) =>
    [
        .. from lane in lanes
           from topic in cluster.Settings.Read.Index()
           select new TopicPartitionOffset(topic.Item, lane.Lane, lane.Applied[topic.Index]),
    ];

    private static Message<byte[]?, byte[]> Message(in OutgoingRecord record)
    {
        var message = new Message<byte[]?, byte[]> { Key = record.Key.IsEmpty ? null : Bytes(record.Key), Value = Bytes(record.Value) };
        if (record.Headers.Count == 0) return message;
        message.Headers = [];
        foreach (var (name, value) in record.Headers) message.Headers.Add(name, Encoding.UTF8.GetBytes(value));
        return message;
    }

    // The client copies what it is given, so an array of just these bytes need not be copied before.
    private static byte[] Bytes(ReadOnlyMemory<byte> memory) =>
        MemoryMarshal.TryGetArray(memory, out var part) && part.Offset == 0 && part.Count == part.Array!.Length ? part.Array : memory.ToArray();
}

/// <summary>What a publication needs of the input: who this instance is in the group, and where to show progress.</summary>
/// <param name="Claim">
/// Of these lanes as they are owned now; what it gives tells, whenever asked, the membership in a generation that has them still. Null: some are lost.
/// </param>
/// <param name="ShowProgress">Has offsets committed outside a transaction, in a while.</param>
internal sealed record Membership(Func<IEnumerable<int>, Func<IConsumerGroupMetadata?>> Claim, Action<IEnumerable<TopicPartitionOffset>> ShowProgress)
{
    public static Membership Of(KafkaInputLog input) => new(input.Claim, input.ShowProgress);
}
