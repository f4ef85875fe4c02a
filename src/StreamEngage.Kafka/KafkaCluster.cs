using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>The cluster that the settings name: makes its clients.</summary>
/// <param name="Settings">Free of problems.</param>
/// <param name="Time">Measures waits.</param>
/// <param name="Said">Told what the client library warns of, from any thread: lost connections, refused logins. It must return soon.</param>
internal sealed record KafkaCluster(KafkaSettings Settings, TimeProvider Time, Action<string> Said)
{
    private static bool Stalls => Library.Version < 0x02020000;

    /// <summary>Says in one line that no broker answers, and what to do about it.</summary>
    public string Silence(KafkaException silent) =>
        $"kafka.brokers: no broker answers at {Settings.Brokers} ({silent.Error.Reason}); start one, or correct address and security";

    /// <summary>Not built yet: the caller has the rebalances to hear of.</summary>
    public ConsumerBuilder<Ignore, byte[]> InputConsumer()
    {
        Librdkafka.Require();
        var config = Consuming();
        config.PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky;
        config.QueuedMaxMessagesKbytes = Stalls ? KafkaLimits.AheadKibibytes : KafkaLimits.AheadOfLanesKibibytes;
        config.QueuedMinMessages = KafkaLimits.AheadRecords;
        config.SessionTimeoutMs = KafkaLimits.SessionMilliseconds;
        config.HeartbeatIntervalMs = KafkaLimits.HeartbeatMilliseconds;
        config.MaxPollIntervalMs = KafkaLimits.PollIntervalMilliseconds;
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.FetchWaitMaxMs = KafkaLimits.FetchMilliseconds;
        // Without transactions the client shows progress now and then, of what KafkaInputLog.ShowProgress stored; nothing reads on from it.
        config.EnableAutoCommit = Settings.Delivery == Delivery.AtLeastOnce;
        // Keys and headers are not read: not marshalling them is a good part of a record's cost.
        config.ConsumeResultFields = "timestamp,topic";
        return Hearing(new ConsumerBuilder<Ignore, byte[]>(Tuned(config)));
    }

    /// <summary>Reads assigned partitions and offsets of the group, and is never a member of it.</summary>
    public IConsumer<Ignore, byte[]> JournalConsumer(IsolationLevel isolation)
    {
        Librdkafka.Require();
        var config = Consuming();
        config.IsolationLevel = isolation;
        config.ConsumeResultFields = "none";
        config.FetchWaitMaxMs = 10;
        return Hearing(new ConsumerBuilder<Ignore, byte[]>(Tuned(config))).Build();
    }

    /// <summary>Reads assigned partitions whole, keys and headers too.</summary>
    public IConsumer<byte[]?, byte[]> RecordConsumer()
    {
        Librdkafka.Require();
        var config = Consuming();
        config.IsolationLevel = IsolationLevel.ReadCommitted;
        config.FetchWaitMaxMs = 10;
        config.QueuedMaxMessagesKbytes = KafkaLimits.AheadKibibytes;
        return Hearing(new ConsumerBuilder<byte[]?, byte[]>(Tuned(config))).Build();
    }

    public IProducer<byte[]?, byte[]> Producer()
    {
        var config = Producing();
        if (Settings.Delivery == Delivery.ExactlyOnce)
        {
            config.TransactionalId = Settings.TransactionalId;
            config.TransactionTimeoutMs = KafkaLimits.TransactionMilliseconds;
            // A transaction that follows close on another is turned away until the end of that one is marked everywhere. The client's own 100 ms would
            // then be what a prompt waits for.
            config.RetryBackoffMs = KafkaLimits.TurnedAwayMilliseconds;
        }
        return Built(config);
    }

    /// <summary>Of what a person tells lanes: now and then a record that belongs to no publication.</summary>
    public IProducer<byte[]?, byte[]> Teller() => Built(Producing());

    private ProducerConfig Producing()
    {
        Librdkafka.Require();
        return Named(new ProducerConfig
        {
            EnableIdempotence = true,
            Acks = Acks.All,
            LingerMs = 1,
            CompressionType = CompressionType.Lz4,
            // Where Java clients put a user, so do we: consumers may join on it.
            Partitioner = Partitioner.Murmur2Random,
            MessageMaxBytes = KafkaLimits.RecordBytesMax,
            QueueBufferingMaxMessages = KafkaLimits.PublicationRecords,
            QueueBufferingMaxKbytes = KafkaLimits.PublicationKibibytes,
            MessageTimeoutMs = KafkaLimits.CallMilliseconds - 1_000,
        });
    }

    private IProducer<byte[]?, byte[]> Built(ProducerConfig config) => new ProducerBuilder<byte[]?, byte[]>(Tuned(config))
        .SetErrorHandler((_, error) => Said(Text(error)))
        .SetLogHandler((_, message) => Said(message.Message))
        .Build();

    public IAdminClient Admin()
    {
        Librdkafka.Require();
        return new AdminClientBuilder(Tuned(Named(new AdminClientConfig())))
            .SetErrorHandler((_, error) => Said(Text(error)))
            .SetLogHandler((_, message) => Said(message.Message))
            .Build();
    }

    private static string Text(Error error) => $"{error.Code}: {error.Reason}";

    private ConsumerConfig Consuming()
    {
        var config = Named(new ConsumerConfig
        {
            GroupId = Settings.GroupId,
            // Where there is no place to read on from, that is said: reading "from latest" would skip events and nobody would know.
            AutoOffsetReset = AutoOffsetReset.Error,
            EnableAutoCommit = false,
            EnableAutoOffsetStore = false,
            EnablePartitionEof = true,
            AllowAutoCreateTopics = false,
        });
        // A consumer whose queue was full stands still for a second. Since 2.2 that can be set; before, only a long queue makes it rare.
        if (!Stalls) config.Set("fetch.queue.backoff.ms", "2");
        return config;
    }

    private T Named<T>(T config) where T : ClientConfig
    {
        config.BootstrapServers = Settings.Brokers;
        config.ClientId = Settings.InstanceId;
        config.SocketTimeoutMs = KafkaLimits.RequestMilliseconds;
        config.SocketKeepaliveEnable = true;
        // A request shall not wait for the acknowledgement of the one before, which receivers put off by 40 ms.
        config.SocketNagleDisable = true;
        // Brokers that are back are found within a second, not ten.
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 1_000;
        return config;
    }

    private T Tuned<T>(T config) where T : ClientConfig
    {
        Settings.Security.ApplyTo(config);
        ClientTuning.ApplyTo(config, Settings.Client);
        return config;
    }

    private ConsumerBuilder<T, byte[]> Hearing<T>(ConsumerBuilder<T, byte[]> builder) => builder
        .SetErrorHandler((_, error) => Said(Text(error)))
        .SetLogHandler((_, message) => Said(message.Message));
}
