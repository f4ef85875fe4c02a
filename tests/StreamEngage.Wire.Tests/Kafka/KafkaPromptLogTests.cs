using System.Diagnostics;
using System.Text;
using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

public sealed class KafkaPromptLogTests
{
    [KafkaClientFact]
    public Task APublication_IsCommittedWithItsJournal() => WithLogAsync(Delivery.ExactlyOnce, PublishesAsync);

    [KafkaClientFact]
    public Task APublicationWithoutATransaction_IsCommittedWithItsJournal() => WithLogAsync(Delivery.AtLeastOnce, PublishesAsync);

    [KafkaClientFact]
    public Task WithoutAProducer_NothingIsKnown() => WithClusterAsync(false, async (cluster, _, membership) =>
    {
        await using var log = new KafkaPromptLog(cluster.Instance(), membership);
        Assert.Equal(PublishVerdict.Unknown, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
        await log.RecoverAsync(default);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
    });

    [KafkaClientFact]
    public Task ALaneThatIsNotHere_IsFencedBeforeAnyBrokerIsAsked() => WithLogAsync(Delivery.ExactlyOnce, async (cluster, log) =>
    {
        Assert.Equal(PublishVerdict.Fenced, (await log.PublishAsync([Lane(cluster, 0, "a"), Lane(cluster, 7, "b")], default)).Verdict);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
    });

    [KafkaClientFact]
    public Task ALaneThatIsNotHere_IsNotPublishedWithoutATransaction() => WithLogAsync(Delivery.AtLeastOnce, async (cluster, log) =>
    {
        Assert.Equal(PublishVerdict.Fenced, (await log.PublishAsync([Lane(cluster, 7, "b")], default)).Verdict);
        Assert.Empty(cluster.Visible(cluster.Prompts, 2));
    });

    [KafkaClientFact]
    public Task AnOlderGeneration_IsFenced() => WithMockAsync(async (cluster, log) =>
    {
        foreach (var error in new[] { ErrorCode.IllegalGeneration, ErrorCode.UnknownMemberId, ErrorCode.FencedInstanceId })
        {
            cluster.Mock!.Refuse(MockRequest.TxnOffsetCommit, error);
            Assert.Equal((error, PublishVerdict.Fenced), (error, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict));
            Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
        }
    });

    [KafkaClientFact]
    public Task ARefusedRecord_AbortsAndTheNextPublicationGoesOn() => WithMockAsync(async (cluster, log) =>
    {
        cluster.Mock!.Refuse(MockRequest.Produce, ErrorCode.InvalidRecord);
        Assert.Equal(PublishVerdict.Aborted, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
        // The client may need one more transaction to notice that its sequence has a hole.
        var next = PublishVerdict.Aborted;
        for (var tries = 0; tries < 3 && next == PublishVerdict.Aborted; tries++)
            next = (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict;
        Assert.True(next == PublishVerdict.Committed, $"{next}\n{cluster.Said}");
    });

    [KafkaClientFact]
    public Task ARecordTooBig_Aborts() => WithMockAsync(async (cluster, log) =>
    {
        var big = Lane(cluster, 0, new string('x', KafkaLimits.RecordBytesMax + 1));
        Assert.Equal(PublishVerdict.Aborted, (await log.PublishAsync([big], default)).Verdict);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
    });

    [KafkaClientFact]
    public Task ACommitOfUnknownOutcome_NeedsANewProducer() => WithMockAsync(async (cluster, log) =>
    {
        foreach (var error in new[] { ErrorCode.InvalidProducerEpoch, ErrorCode.InvalidTxnState })
        {
            cluster.Mock!.Refuse(MockRequest.EndTxn, error);
            Assert.Equal((error, PublishVerdict.Unknown), (error, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict));
            Assert.Equal(PublishVerdict.Unknown, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
            await log.RecoverAsync(default);
            Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
        }
    });

    [KafkaClientFact]
    public Task RetriableErrorsOnTheWay_AreNotSeen() => WithMockAsync(async (cluster, log) =>
    {
        cluster.Mock!.Refuse(MockRequest.AddPartitionsToTxn, ErrorCode.ConcurrentTransactions, ErrorCode.NotCoordinatorForGroup);
        cluster.Mock.Refuse(MockRequest.TxnOffsetCommit, ErrorCode.GroupCoordinatorNotAvailable);
        cluster.Mock.Refuse(MockRequest.EndTxn, ErrorCode.GroupLoadInProgress);
        cluster.Mock.Refuse(MockRequest.Produce, ErrorCode.NotLeaderForPartition);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
    });

    [KafkaClientFact]
    public Task NoBroker_LeavesTheOutcomeOpenInBoundedTimeAndRecovers() => WithClusterAsync(true, async (cluster, heard, membership) =>
    {
        await using var log = new KafkaPromptLog(cluster.Instance(), membership);
        await log.RecoverAsync(default);
        cluster.Mock!.Down(1);
        var watch = Stopwatch.StartNew();
        var verdict = (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict;
        Assert.Contains(verdict, new[] { PublishVerdict.Unknown, PublishVerdict.Aborted });
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 40);
        using var brief = new CancellationTokenSource(500);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => log.RecoverAsync(brief.Token));
        cluster.Mock.Up(1);
        await log.RecoverAsync(default);
        // The session is over by then: the member has no lanes until it has polled.
        Assert.Equal(PublishVerdict.Fenced, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
        Assert.True(await heard.PollUntilAsync(() => heard.Happened.Count(what => what.StartsWith("assigned", StringComparison.Ordinal)) == 4), cluster.Said);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
    });

    [KafkaClientFact]
    public Task TopicsAreKnownBeforeTheFirstRecord_WhichWaitsForNoAnswerAboutThem() => WithClusterAsync(true, async (cluster, _, membership) =>
    {
        await using var log = new KafkaPromptLog(cluster.Instance(delivery: Delivery.AtLeastOnce), membership)
        {
            Topics = () => [cluster.Settings.JournalTopic, cluster.Prompts],
        };
        await log.RecoverAsync(default);
        // Who asks now is told that there is no such topic.
        cluster.Mock!.Break(cluster.Prompts, ErrorCode.UnknownTopicOrPart);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
    });

    [KafkaClientFact]
    public Task WithoutATransaction_ARefusedRecordLeavesTheJournalUnwritten() => WithClusterAsync(true, async (cluster, _, membership) =>
    {
        await using var log = new KafkaPromptLog(cluster.Instance(delivery: Delivery.AtLeastOnce), membership);
        await log.RecoverAsync(default);
        cluster.Mock!.Refuse(MockRequest.Produce, ErrorCode.TopicAuthorizationFailed);
        Assert.Equal(PublishVerdict.Unknown, (await log.PublishAsync([Lane(cluster, 0, "a")], default)).Verdict);
        Assert.Empty((await log.ReadJournalAsync(0, 0, default)).Records);
    });

    [KafkaClientFact]
    public Task AnEmptyJournal_EndsAtOnce() => WithLogAsync(Delivery.ExactlyOnce, async (_, log) =>
    {
        var tail = await log.ReadJournalAsync(1, 0, default);
        Assert.Empty(tail.Records);
        Assert.Equal(0, tail.End);
    });

    [KafkaClientFact]
    public Task JournalsOfManyLanes_AreReadSideBySide() => WithLogAsync(Delivery.ExactlyOnce, async (cluster, log) =>
    {
        await log.PublishAsync([Lane(cluster, 0, "a"), Lane(cluster, 1, "b")], default);
        var tails = await Task.WhenAll(Enumerable.Range(0, 12).Select(n => log.ReadJournalAsync(n % 2, 0, default)));
        Assert.All(tails, tail => Assert.Single(tail.Records));
    });

    [KafkaClientFact]
    public Task ATransactionLeftOpen_HoldsTheJournalBackUntilItsOwnerIsReplaced() => WithFencesAsync(async (cluster, heard, membership) =>
    {
        await using var log = new KafkaPromptLog(cluster.Instance("two"), membership);
        await log.RecoverAsync(default);
        Assert.Equal(PublishVerdict.Committed, (await log.PublishAsync([Lane(cluster, 0, "before")], default)).Verdict);
        // What an instance leaves that dies before its commit.
        using var dead = cluster.Instance("dead").Producer();
        dead.InitTransactions(TimeSpan.FromSeconds(10));
        dead.BeginTransaction();
        await dead.ProduceAsync(new TopicPartition(cluster.Settings.JournalTopic, 0), new() { Value = Bytes("never") });
        dead.SendOffsetsToTransaction([new(cluster.Settings.Topics[0], 0, 5)], heard.Input.Claim([0])()!, TimeSpan.FromSeconds(10));

        var reading = log.ReadJournalAsync(0, 0, default);
        await Task.Delay(1_000);
        Assert.False(reading.IsCompleted);
        await using var successor = new KafkaPromptLog(cluster.Instance("dead"), membership);
        await successor.RecoverAsync(default);
        Assert.Equal(["journal of before"], (await reading).Records.Select(record => Encoding.UTF8.GetString(record.Span)));
    });

    [KafkaClientFact]
    public Task AZombieOfTheSameId_IsFencedByItsSuccessor() => WithFencesAsync(async (cluster, _, membership) =>
    {
        await using var zombie = new KafkaPromptLog(cluster.Instance(), membership);
        await zombie.RecoverAsync(default);
        await using var successor = new KafkaPromptLog(cluster.Instance(), membership);
        await successor.RecoverAsync(default);
        Assert.NotEqual(PublishVerdict.Committed, (await zombie.PublishAsync([Lane(cluster, 0, "zombie")], default)).Verdict);
        Assert.Equal(PublishVerdict.Committed, (await successor.PublishAsync([Lane(cluster, 0, "alive")], default)).Verdict);
        Assert.Equal(["alive"], cluster.Visible(cluster.Prompts, 2).Select(record => Encoding.UTF8.GetString(record.Message.Value)));
    });

    private static async Task PublishesAsync(TestCluster cluster, KafkaPromptLog log)
    {
        var first = await log.PublishAsync([Lane(cluster, 0, "a", "b"), Lane(cluster, 1, "c")], default);
        Assert.Equal(PublishVerdict.Committed, first.Verdict);
        Assert.Equal([1, 1], first.JournalEnds);
        var second = await log.PublishAsync([Lane(cluster, 1)], default);
        Assert.Equal(PublishVerdict.Committed, second.Verdict);

        var prompts = cluster.Visible(cluster.Prompts, 2);
        Assert.Equal(["a", "b", "c"], prompts.Select(record => Encoding.UTF8.GetString(record.Message.Value)).Order());
        Assert.All(prompts, record => Assert.Equal("user", Encoding.UTF8.GetString(record.Message.Key)));
        Assert.All(prompts, record => Assert.Equal("é", Encoding.UTF8.GetString(record.Message.Headers.GetLastBytes("kind"))));
        Assert.Single(prompts.Select(record => record.Partition).Distinct());

        var whole = await log.ReadJournalAsync(1, 0, default);
        Assert.Equal(["journal of c", "journal of "], whole.Records.Select(record => Encoding.UTF8.GetString(record.Span)));
        Assert.True(whole.End >= second.JournalEnds[0]);
        var tail = await log.ReadJournalAsync(1, first.JournalEnds[1], default);
        Assert.Equal(["journal of "], tail.Records.Select(record => Encoding.UTF8.GetString(record.Span)));
        Assert.Empty((await log.ReadJournalAsync(1, whole.End, default)).Records);
    }

    private static Task WithLogAsync(Delivery delivery, Func<TestCluster, KafkaPromptLog, Task> test) =>
        WithClusterAsync(false, async (cluster, _, membership) =>
        {
            await using var log = new KafkaPromptLog(cluster.Instance(delivery: delivery), membership);
            await log.RecoverAsync(default);
            await test(cluster, log);
        });

    private static Task WithMockAsync(Func<TestCluster, KafkaPromptLog, Task> test) => WithClusterAsync(true, async (cluster, _, membership) =>
    {
        await using var log = new KafkaPromptLog(cluster.Instance(), membership);
        await log.RecoverAsync(default);
        await test(cluster, log);
    });

    // A member of the group that has lanes 0 and 1: its heartbeats go on by themselves.
    private static async Task WithClusterAsync(bool isBroken, Func<TestCluster, Listener, Membership, Task> test)
    {
        using var cluster = await (isBroken ? TestCluster.MockedAsync(lanes: 2) : TestCluster.OfAsync(lanes: 2));
        await WithAsync(cluster, test);
    }

    private static async Task WithFencesAsync(Func<TestCluster, Listener, Membership, Task> test)
    {
        using var cluster = await TestCluster.ThatIsolatesAsync(lanes: 2);
        await WithAsync(cluster, test);
    }

    private static async Task WithAsync(TestCluster cluster, Func<TestCluster, Listener, Membership, Task> test)
    {
        await using var input = new KafkaInputLog(cluster.Instance());
        var heard = new Listener(input);
        Assert.True(await heard.PollUntilAsync(() => heard.Lanes.Count == 2), cluster.Said);
        await test(cluster, heard, Membership.Of(input));
    }

    private static LanePublication Lane(TestCluster cluster, int lane, params string[] values) => Lane(cluster, lane, string.Concat(values), values);

    private static LanePublication Lane(TestCluster cluster, int lane, string name, string[] values) => new(
        lane,
        new([3, 0]),
        [.. values.Select(value => new OutgoingRecord(cluster.Prompts, Bytes("user"), Bytes(value), [new("kind", "é")]))],
        Bytes($"journal of {(name.Length > 20 ? "much" : name)}"));

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
