using System.Runtime.InteropServices;
using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>
/// librdkafka's mock cluster: brokers inside this process that speak enough of the protocol to produce, consume, rebalance and fail. For tests of the
/// plumbing and for the sandbox.
/// </summary>
/// <remarks>
/// It is not Kafka and must never be called so. It takes the calls of transactions but isolates nothing, keeps no offsets that were sent in one, and
/// fences nobody: whatever passes here says nothing about exactly once. It keeps 5 MiB or 100,000 batches of a partition and drops older ones silently.
/// </remarks>
internal sealed partial class MockCluster : IDisposable
{
    private readonly nint _client;
    private readonly nint _cluster;

    public MockCluster(int brokers)
    {
        Librdkafka.Require();
        var configuration = NewConfiguration();
        // Else it warns on the console that it has no brokers to connect to, which is so.
        ConfigurationSet(configuration, "log_level", "3", 0, 0);
        _client = New(ProducerType, configuration, 0, 0);
        if (_client == 0) throw new InvalidOperationException("librdkafka made no client for the mock cluster.");
        _cluster = NewCluster(_client, brokers);
        if (_cluster == 0) throw new InvalidOperationException("librdkafka made no mock cluster.");
        Brokers = Marshal.PtrToStringUTF8(Bootstraps(_cluster))!;
    }

    /// <summary>Addresses to connect to.</summary>
    public string Brokers { get; }

    public void CreateTopic(string topic, int partitions, int replicas = 1) => Require(TopicCreate(_cluster, topic, partitions, replicas));

    /// <summary>The next requests of a kind are answered with these errors, one each.</summary>
    public void Refuse(MockRequest kind, params ErrorCode[] errors) =>
        PushErrors(_cluster, (short)kind, (nuint)errors.Length, [.. errors.Select(error => (int)error)]);

    /// <summary>Who asks about a topic is told so; <see cref="ErrorCode.NoError"/> ends it.</summary>
    public void Break(string topic, ErrorCode error) => TopicSetError(_cluster, topic, (int)error);

    /// <summary>Closes a broker's connections and takes no new ones. Ids begin at 1.</summary>
    public void Down(int broker) => Require(BrokerSetDown(_cluster, broker));

    public void Up(int broker) => Require(BrokerSetUp(_cluster, broker));

    /// <summary>Delays a broker's answers.</summary>
    public void Slow(int broker, int milliseconds) => Require(BrokerSetRtt(_cluster, broker, milliseconds));

    public void Dispose()
    {
        DestroyCluster(_cluster);
        Destroy(_client);
    }

    private static void Require(int error)
    {
        if (error != 0) throw new KafkaException((ErrorCode)error);
    }

    private const int ProducerType = 0;

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewConfiguration();

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ConfigurationSet(nint configuration, string name, string value, nint reason, nuint reasonBytes);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, nint reason, nuint reasonBytes);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_destroy")]
    private static partial void Destroy(nint client);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    private static partial void DestroyCluster(nint cluster);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int TopicCreate(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_topic_set_error", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void TopicSetError(nint cluster, string topic, int error);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    private static partial void PushErrors(nint cluster, short kind, nuint count, int[] errors);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_broker_set_down")]
    private static partial int BrokerSetDown(nint cluster, int broker);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_broker_set_up")]
    private static partial int BrokerSetUp(nint cluster, int broker);

    [LibraryImport(Librdkafka.Name, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    private static partial int BrokerSetRtt(nint cluster, int broker, int milliseconds);
}

/// <summary>Requests by the number that Kafka's protocol gives them.</summary>
internal enum MockRequest
{
    Produce = 0,
    Fetch = 1,
    ListOffsets = 2,
    Metadata = 3,
    OffsetCommit = 8,
    OffsetFetch = 9,
    JoinGroup = 11,
    Heartbeat = 12,
    InitProducerId = 22,
    AddPartitionsToTxn = 24,
    AddOffsetsToTxn = 25,
    EndTxn = 26,
    TxnOffsetCommit = 28,
}
