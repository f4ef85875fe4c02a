namespace StreamEngage.Kafka;

public sealed class TopicRulesTests
{
    private static readonly string[] Prompts = ["prompts.push"];

    [Fact]
    public void ThePlanItself_HasNoProblem() => Assert.Empty(TopicRules.Problems(KafkaSettingsTests.Good, Prompts, Facts()));

    [Fact]
    public void MissingTopics_AreNamedEach()
    {
        var problems = TopicRules.Problems(KafkaSettingsTests.Good, Prompts, new(1, null, new Dictionary<string, TopicFacts>(), null));
        Assert.Equal(
            [
                "kafka.topics[0]", "kafka.topics[1]", "kafka.exchange_topic", "kafka.journal_topic", "kafka.quarantine_topic", "kafka.decision_topic",
                "channels",
            ],
            problems.Select(problem => problem.Split(": ")[0]));
    }

    [Fact]
    public void DifferentPartitionCounts_AreAProblem() => Is(
        "kafka.topics[1]: \"outcomes\" has 4 partitions and \"clicks\" has 6; a lane is one partition of each, so give them the same number",
        Facts(("outcomes", topic => topic with { Partitions = 4 })));

    [Fact]
    public void AJournalOfOtherSize_IsAProblem() => Is(
        "kafka.journal_topic: \"journal\" has 3 partitions and there are 6 lanes; give it one a lane",
        Facts(("journal", topic => topic with { Partitions = 3 })));

    [Fact]
    public void CompactedTopics_AreAProblem()
    {
        Starts("kafka.topics[0]: cleanup.policy of \"clicks\" is compact", Facts(("clicks", topic => With(topic, "cleanup.policy", "compact"))));
        Starts("kafka.journal_topic: cleanup.policy of \"journal\" is compact,delete",
            Facts(("journal", topic => With(topic, "cleanup.policy", "compact,delete"))));
    }

    [Fact]
    public void ShortRetention_IsAWarning()
    {
        Starts("warning: kafka.topics[0]: retention.ms of \"clicks\" is 24 h", Facts(("clicks", topic => With(topic, "retention.ms", "86400000"))));
        Starts("warning: kafka.journal_topic: retention.ms of \"journal\" is 100 h, less than the 168 h",
            Facts(("journal", topic => With(topic, "retention.ms", "360000000"))));
        Starts("warning: kafka.journal_topic: retention.bytes of \"journal\" is 1000", Facts(("journal", topic => With(topic, "retention.bytes", "1000"))));
    }

    [Fact]
    public void ClocksOfProducers_AreAWarning() => Starts(
        "warning: kafka.topics[1]: message.timestamp.type of \"outcomes\" is CreateTime",
        Facts(("outcomes", topic => With(topic, "message.timestamp.type", "CreateTime"))));

    [Fact]
    public void FewReplicas_AreAWarningWhereThereAreBrokersEnough()
    {
        var thin = Facts(("clicks", topic => topic with { Replicas = 1 }));
        Assert.Empty(TopicRules.Problems(KafkaSettingsTests.Good, Prompts, thin with { Brokers = 1 }));
        Starts("warning: kafka.topics[0]: \"clicks\" has 1 replicas", thin);
        Starts("warning: kafka.topics[0]: min.insync.replicas of \"clicks\" is 1", Facts(("clicks", topic => With(topic, "min.insync.replicas", "1"))));
    }

    [Fact]
    public void BrokersThatDoNotFence_AreAProblemOfExactlyOnce()
    {
        var old = Facts() with { Protocol = new(2, 4) };
        Starts("kafka.delivery: is exactly_once, and the brokers speak 2.4", old);
        Assert.Empty(TopicRules.Problems(KafkaSettingsTests.Good with { Delivery = Delivery.AtLeastOnce }, Prompts, old));
        Assert.Empty(TopicRules.Problems(KafkaSettingsTests.Good, Prompts, old with { Protocol = new(2, 5) }));
    }

    [Fact]
    public void SettingsThatCouldNotBeRead_AreSaid() =>
        Starts("warning: kafka.brokers: settings of topics could not be read (not allowed)", Facts() with { Unread = "not allowed" });

    [Fact]
    public void ThePlan_IsPrintedAsCommands()
    {
        var lines = TopicPlan.Of(KafkaSettingsTests.Good, Prompts, 6, 3).Lines("b:9092");
        Assert.Equal(7, lines.Count);
        Assert.Equal(
            "kafka-topics.sh --bootstrap-server b:9092 --create --if-not-exists --topic journal --partitions 6 --replication-factor 3 "
                + "--config cleanup.policy=delete --config retention.ms=604800000 --config retention.bytes=-1 --config min.insync.replicas=2",
            lines[3]);
    }

    private static void Is(string problem, ClusterFacts facts) =>
        Assert.Equal(problem, Assert.Single(TopicRules.Problems(KafkaSettingsTests.Good, Prompts, facts)));

    private static void Starts(string problem, ClusterFacts facts) =>
        Assert.StartsWith(problem, Assert.Single(TopicRules.Problems(KafkaSettingsTests.Good, Prompts, facts)), StringComparison.Ordinal);

    private static TopicFacts With(TopicFacts topic, string name, string value) =>
        topic with { Settings = new Dictionary<string, string>(topic.Settings!) { [name] = value } };

    private static ClusterFacts Facts(params (string Topic, Func<TopicFacts, TopicFacts> Change)[] changes)
    {
        var facts = TopicPlan.Of(KafkaSettingsTests.Good, Prompts, 6, 3).Topics.ToDictionary(
            topic => topic.Name, topic => new TopicFacts(topic.Name, 6, 3, topic.Settings));
        foreach (var (topic, change) in changes) facts[topic] = change(facts[topic]);
        return new(3, null, facts, null);
    }
}
