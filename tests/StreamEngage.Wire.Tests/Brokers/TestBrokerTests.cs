using System.Text;
using Confluent.Kafka;
using StreamEngage.Kafka;

namespace StreamEngage.Brokers;

/// <summary>The test broker refuses what the mock lets pass: otherwise it would prove nothing.</summary>
public sealed class TestBrokerTests
{
    private static readonly TimeSpan _wait = TimeSpan.FromSeconds(10);

    [KafkaClientFact]
    public Task ATransaction_IsSeenWhenItIsCommittedAndNotBefore() => WithProducersAsync(async (cluster, make) =>
    {
        using var producer = make("one");
        producer.InitTransactions(_wait);
        producer.BeginTransaction();
        await SendAsync(cluster, producer, "a");
        Assert.Empty(Values(cluster));
        producer.CommitTransaction(_wait);
        await SeenAsync(cluster, "a");
    });

    [KafkaClientFact]
    public Task AnAbortedTransaction_IsNeverSeen_AndOneBehindItIs() => WithProducersAsync(async (cluster, make) =>
    {
        using var producer = make("one");
        producer.InitTransactions(_wait);
        producer.BeginTransaction();
        await SendAsync(cluster, producer, "never");
        producer.AbortTransaction(_wait);
        producer.BeginTransaction();
        await SendAsync(cluster, producer, "b");
        producer.CommitTransaction(_wait);
        await SeenAsync(cluster, "b");
    });

    [KafkaClientFact]
    public Task ANewerProducerOfTheSameId_EndsWhatTheOlderLeftAndFencesIt() => WithProducersAsync(async (cluster, make) =>
    {
        using var older = make("one");
        older.InitTransactions(_wait);
        older.BeginTransaction();
        await SendAsync(cluster, older, "never");
        using var newer = make("one");
        newer.InitTransactions(_wait);
        newer.BeginTransaction();
        await SendAsync(cluster, newer, "b");
        newer.CommitTransaction(_wait);
        Assert.ThrowsAny<KafkaException>(() => older.CommitTransaction(_wait));
        await SeenAsync(cluster, "b");
    });

    [KafkaClientFact]
    public Task OffsetsOfATransaction_AreToldWhenItIsCommittedAndWaitedForUntilThen() => WithProducersAsync(async (cluster, make) =>
    {
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = new Listener(input);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == 1), cluster.Said);
        using var producer = make("one");
        producer.InitTransactions(_wait);
        producer.BeginTransaction();
        var place = new TopicPartition(cluster.Settings.Topics[0], 0);
        producer.SendOffsetsToTransaction([new(place, 5)], input.Claim([0])()!, _wait);
        using var reader = cluster.Instance().JournalConsumer(IsolationLevel.ReadCommitted);
        Assert.ThrowsAny<KafkaException>(() => reader.Committed([place], TimeSpan.FromSeconds(1)));
        producer.CommitTransaction(_wait);
        Assert.Equal(5, reader.Committed([place], _wait)[0].Offset.Value);
    });

    [KafkaClientFact]
    public Task OffsetsOfAnOlderGeneration_AreRefused() => WithClusterAsync(new(), lanes: 2, async cluster =>
    {
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = new Listener(input);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == 2), cluster.Said);
        var older = input.Claim([0, 1])()!;
        await using var other = new KafkaInputLog(cluster.Instance("two"));
        var also = new Listener(other);
        for (var until = DateTime.UtcNow.AddSeconds(30); also.Lanes.Count == 0 && DateTime.UtcNow < until;)
            await Task.WhenAll(heard.PollAsync(50), also.PollAsync(50));
        using var producer = cluster.Instance("one").Producer();
        producer.InitTransactions(_wait);
        producer.BeginTransaction();
        var refused = Assert.ThrowsAny<KafkaException>(() =>
            producer.SendOffsetsToTransaction([new(new TopicPartition(cluster.Settings.Topics[0], 0), 5)], older, _wait));
        Assert.Equal(ErrorCode.IllegalGeneration, refused.Error.Code);
    });

    [KafkaClientFact]
    public Task ABrokerBefore25_IsRefusedForExactlyOnceWithTheRemedy() => WithClusterAsync(new() { Version = new(2, 4) }, lanes: 1, async cluster =>
    {
        var problems = await new TopicCheck(cluster.Instance(), [cluster.Prompts]).ProblemsAsync(default);
        Assert.Contains("kafka.delivery: is exactly_once, and the brokers speak 2.4", Assert.Single(problems, IsNoWarning), StringComparison.Ordinal);
        Assert.Contains("at_least_once", problems[0], StringComparison.Ordinal);
        Assert.DoesNotContain(await new TopicCheck(cluster.Instance(delivery: Delivery.AtLeastOnce), [cluster.Prompts]).ProblemsAsync(default), IsNoWarning);
    });

    [KafkaClientFact]
    public Task ABrokerOf25_HasNoProblem() => WithClusterAsync(new(), lanes: 1, async cluster =>
        Assert.Empty(await new TopicCheck(cluster.Instance(), [cluster.Prompts]).ProblemsAsync(default)));

    [KafkaClientFact]
    public Task TransactionsWhoseAnswersAreLost_AreSeenOnce() => WithClusterAsync(new() { LostAnswers = 0.3, Seed = 4 }, lanes: 1, async cluster =>
    {
        using var producer = cluster.Instance().Producer();
        for (var began = DateTime.UtcNow; ; Assert.True(DateTime.UtcNow - began < TimeSpan.FromMinutes(1), cluster.Said))
            if (Try(() => producer.InitTransactions(_wait))) break;
        for (var n = 0; n < 10; n++)
        {
            producer.BeginTransaction();
            await SendAsync(cluster, producer, $"{n:00}");
            for (var tries = 0; !Try(() => producer.CommitTransaction(_wait)); tries++) Assert.True(tries < 5, cluster.Said);
        }
        await SeenAsync(cluster, [.. Enumerable.Range(0, 10).Select(n => $"{n:00}")]);
        Assert.True(cluster.Broker!.Lost > 0);
    });

    private static bool IsNoWarning(string problem) => !problem.StartsWith("warning: ", StringComparison.Ordinal);

    private static bool Try(Action call)
    {
        try
        {
            call();
            return true;
        }
        catch (KafkaRetriableException)
        {
            return false;
        }
    }

    private static async Task SendAsync(TestCluster cluster, IProducer<byte[]?, byte[]> producer, string value) =>
        await producer.ProduceAsync(new TopicPartition(cluster.Prompts, 0), new() { Value = Encoding.UTF8.GetBytes(value) });

    private static List<string> Values(TestCluster cluster) =>
        [.. cluster.Visible(cluster.Prompts, 1).Select(record => Encoding.UTF8.GetString(record.Message.Value))];

    /// <summary>A commit is marked in the partitions a moment after it is answered.</summary>
    private static async Task SeenAsync(TestCluster cluster, params string[] values)
    {
        for (var until = DateTime.UtcNow.AddSeconds(5); Values(cluster).Count < values.Length && DateTime.UtcNow < until;) await Task.Delay(10);
        Assert.Equal(values, Values(cluster));
    }

    private static Task WithProducersAsync(Func<TestCluster, Func<string, IProducer<byte[]?, byte[]>>, Task> test) =>
        WithClusterAsync(new(), lanes: 1, cluster => test(cluster, name => cluster.Instance(name).Producer()));

    private static async Task WithClusterAsync(TestBrokerPlan plan, int lanes, Func<TestCluster, Task> test)
    {
        using var cluster = await TestCluster.OnTestBrokerAsync(lanes, plan);
        await test(cluster);
    }
}
