using System.Collections.Concurrent;
using System.Text;
using Confluent.Kafka;
using StreamEngage.Brokers;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>A fact that needs the client library, and is reported as skipped where it is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class KafkaClientFactAttribute : FactAttribute
{
    public KafkaClientFactAttribute() => Skip = Librdkafka.Problem;
}

/// <summary>Where a test's topics are.</summary>
internal enum ClusterKind
{
    /// <summary>librdkafka's mock cluster: it can be told to fail, and isolates nothing.</summary>
    Mock,

    /// <summary>The test's own <see cref="TestBroker"/>: it isolates transactions and fences.</summary>
    TestBroker,

    /// <summary>The broker that STREAMENGAGE_KAFKA names.</summary>
    Named,
}

/// <summary>Topics of one test's own.</summary>
internal sealed class TestCluster : IDisposable
{
    private readonly ConcurrentQueue<string> _said = [];
    private readonly string _run = Guid.NewGuid().ToString("n")[..12];
    private readonly List<string> _more = [];

    private TestCluster(MockCluster? mock, TestBroker? broker, int inputTopics)
    {
        (Mock, Broker) = (mock, broker);
        Settings = new()
        {
            Brokers = mock?.Brokers ?? broker?.Address ?? NamedBroker.Address ?? throw new InvalidOperationException("STREAMENGAGE_KAFKA names none."),
            GroupId = $"group-{_run}",
            InstanceId = "one",
            Topics = [.. Enumerable.Range(0, inputTopics - 1).Select(topic => $"input{topic}-{_run}")],
            ExchangeTopic = $"input{inputTopics - 1}-{_run}",
            JournalTopic = $"journal-{_run}",
            QuarantineTopic = $"quarantine-{_run}",
            DecisionTopic = $"decisions-{_run}",
            TransactionalIdPrefix = $"test-{_run}",
            // The mock never wakes a fetch that waits.
            Client = new Dictionary<string, string> { ["fetch.wait.max.ms"] = "5" },
        };
        Prompts = $"prompts-{_run}";
    }

    /// <summary>As much as it can.</summary>
    public Delivery Delivery => Kind == ClusterKind.Named ? NamedBroker.Delivery : Delivery.ExactlyOnce;

    public ClusterKind Kind => Mock is not null ? ClusterKind.Mock : Broker is not null ? ClusterKind.TestBroker : ClusterKind.Named;

    /// <summary>Null: of another kind.</summary>
    public MockCluster? Mock { get; }

    /// <summary>Null: of another kind.</summary>
    public TestBroker? Broker { get; }

    public KafkaSettings Settings { get; }

    public string Prompts { get; }

    public string Said => string.Join('\n', _said);

    /// <summary>The broker that is named, else the mock. Two topics or more: the last input is the exchange.</summary>
    public static Task<TestCluster> OfAsync(int lanes, int inputTopics = 2) =>
        OfKindAsync(NamedBroker.Address is null ? ClusterKind.Mock : ClusterKind.Named, lanes, inputTopics);

    /// <summary>The mock, for tests that break it.</summary>
    public static Task<TestCluster> MockedAsync(int lanes, int inputTopics = 2) => MadeAsync(new(new MockCluster(1), null, inputTopics), lanes);

    /// <summary>A broker of the test's own, for tests that the mock lets pass whatever happens.</summary>
    public static Task<TestCluster> OnTestBrokerAsync(int lanes, TestBrokerPlan? plan = null, int inputTopics = 2) =>
        MadeAsync(new(null, new(plan ?? new()), inputTopics), lanes);

    /// <summary>What isolates transactions: the broker that is named, where it does, else one of the test's own.</summary>
    public static Task<TestCluster> ThatIsolatesAsync(int lanes) => NamedBroker.WhyNotExactlyOnce is null ? OfAsync(lanes) : OnTestBrokerAsync(lanes);

    /// <summary>Of one kind.</summary>
    public static Task<TestCluster> OfKindAsync(ClusterKind kind, int lanes, int inputTopics, TestBrokerPlan? plan = null) => kind switch
    {
        ClusterKind.Mock => MockedAsync(lanes, inputTopics),
        ClusterKind.TestBroker => OnTestBrokerAsync(lanes, plan, inputTopics),
        _ => MadeAsync(new(null, null, inputTopics), lanes),
    };

    public KafkaCluster Instance(string name = "one", Delivery delivery = Delivery.ExactlyOnce) =>
        new(Settings with { InstanceId = name, Delivery = delivery }, TimeProvider.System, _said.Enqueue);

    public async Task ProduceAsync(int topic, int lane, params string[] values)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = Settings.Brokers, LingerMs = 1 }).Build();
        await Task.WhenAll(values.Select(value =>
            producer.ProduceAsync(new TopicPartition(Settings.Read[topic], lane), new() { Value = Encoding.UTF8.GetBytes(value) })));
    }

    /// <summary>A prompt that no engine published.</summary>
    public async Task ForgeAsync(string prompt)
    {
        using var producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = Settings.Brokers, LingerMs = 1 }).Build();
        await producer.ProduceAsync(new TopicPartition(Prompts, 0), new() { Value = Encoding.UTF8.GetBytes(prompt) });
    }

    /// <summary>What a consumer that reads committed records finds in a topic, from its beginning to its end.</summary>
    public List<ConsumeResult<byte[], byte[]>> Visible(string topic, int partitions)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = Settings.Brokers, GroupId = "look", EnablePartitionEof = true, AutoOffsetReset = AutoOffsetReset.Earliest, FetchWaitMaxMs = 5,
        };
        using var consumer = new ConsumerBuilder<byte[], byte[]>(config).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(Enumerable.Range(0, partitions).Select(partition => new TopicPartitionOffset(topic, partition, Offset.Beginning)));
        List<ConsumeResult<byte[], byte[]>> found = [];
        for (var ends = 0; ends < partitions;)
        {
            var record = consumer.Consume(TimeSpan.FromSeconds(20)) ?? throw new TimeoutException($"{topic} came to no end.");
            if (record.IsPartitionEOF) ends++;
            else found.Add(record);
        }
        return found;
    }

    /// <summary>One more topic.</summary>
    public async Task CreateAsync(string topic, int partitions)
    {
        _more.Add(topic);
        var plan = new TopicPlan(partitions, 1, [new("", topic, new Dictionary<string, string>())]);
        if (Mock is { } mock) mock.CreateTopic(topic, partitions);
        else Assert.Equal([$"{topic}: created"], await plan.CreateAsync(Instance()));
    }

    public void Dispose()
    {
        if (Kind == ClusterKind.Named) Delete();
        Mock?.Dispose();
        Broker?.Dispose();
    }

    /// <summary>A broker that others use is left as it was, where it lets us.</summary>
    private void Delete()
    {
        using var admin = Instance().Admin();
        try
        {
            admin.DeleteTopicsAsync(TopicPlan.Named(Settings, [Prompts]).Select(topic => topic.Name).Concat(_more)).GetAwaiter().GetResult();
        }
        catch (KafkaException left)
        {
            _said.Enqueue($"topics are left: {left.Error.Reason}");
        }
    }

    private static async Task<TestCluster> MadeAsync(TestCluster cluster, int lanes)
    {
        var plan = TopicPlan.Of(cluster.Settings, [cluster.Prompts], lanes, 1);
        if (cluster.Mock is { } mock)
            foreach (var topic in plan.Topics) mock.CreateTopic(topic.Name, lanes);
        else
            Assert.All(await plan.CreateAsync(cluster.Instance()), line => Assert.EndsWith(": created", line, StringComparison.Ordinal));
        return cluster;
    }
}

/// <summary>Polls an input log and keeps what came, until something is true.</summary>
internal sealed class Listener(KafkaInputLog input)
{
    public KafkaInputLog Input => input;

    public HashSet<int> Lanes { get; } = [];

    public List<string> Happened { get; } = [];

    public List<InputRecord> Records { get; } = [];

    public HashSet<(int Lane, int Topic)> Ends { get; } = [];

    public IEnumerable<string> Values(int lane, int topic) =>
        from record in Records where record.Lane == lane && record.Topic == topic select Encoding.UTF8.GetString(record.Value.Span);

    /// <summary>False: it did not come true in time.</summary>
    public async Task<bool> PollUntilAsync(Func<bool> isTrue, int seconds = 40)
    {
        var end = DateTime.UtcNow.AddSeconds(seconds);
        while (!isTrue() && DateTime.UtcNow < end) await PollAsync(100);
        return isTrue();
    }

    public async Task PollForAsync(int milliseconds)
    {
        var end = DateTime.UtcNow.AddMilliseconds(milliseconds);
        while (DateTime.UtcNow < end) await PollAsync(50);
    }

    public async Task PollAsync(int milliseconds, int most = 500)
    {
        var polled = await input.PollAsync(TimeSpan.FromMilliseconds(milliseconds), most, default);
        foreach (var lane in polled.Revoked) Note("revoked", lane, Lanes.Remove(lane));
        foreach (var lane in polled.Lost) Note("lost", lane, Lanes.Remove(lane));
        foreach (var lane in polled.Assigned) Note("assigned", lane, Lanes.Add(lane));
        foreach (var lane in polled.Gone) Happened.Add($"gone {lane}");
        Records.AddRange(polled.Records);
        foreach (var record in polled.Records) Ends.Remove((record.Lane, record.Topic));
        Ends.UnionWith(polled.Ends);
    }

    private void Note(string what, int lane, bool fits)
    {
        Assert.True(fits, $"lane {lane} {what} twice");
        Happened.Add($"{what} {lane}");
    }
}
