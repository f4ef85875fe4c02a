using Confluent.Kafka.Admin;

namespace StreamEngage.Kafka;

/// <summary>A topic that the engine needs.</summary>
/// <param name="Path">The setting that names it.</param>
/// <param name="Name">Its name.</param>
/// <param name="Settings">What is set on it; the rest is the brokers' default.</param>
internal sealed record PlannedTopic(string Path, string Name, IReadOnlyDictionary<string, string> Settings);

/// <summary>The topics that the engine needs, to be printed or made.</summary>
/// <param name="Partitions">Lanes. A deployment keeps its number: users are dealt out by it.</param>
/// <param name="Replicas">Copies of each partition.</param>
/// <param name="Topics">Which.</param>
internal sealed record TopicPlan(int Partitions, short Replicas, IReadOnlyList<PlannedTopic> Topics)
{
    private const string AWeek = "604800000";

    public static TopicPlan Of(KafkaSettings settings, IReadOnlyList<string> promptTopics, int partitions, short replicas) =>
        new(partitions, replicas, [.. from topic in Named(settings, promptTopics) select topic with { Settings = SettingsOf(topic.Path, replicas) }]);

    /// <summary>Every topic that the settings name, each once.</summary>
    public static IReadOnlyList<PlannedTopic> Named(KafkaSettings settings, IReadOnlyList<string> promptTopics) =>
    [
        .. from topic in settings.Topics.Index() select new PlannedTopic($"kafka.topics[{topic.Index}]", topic.Item, NoSettings),
        new("kafka.exchange_topic", settings.ExchangeTopic, NoSettings),
        new("kafka.journal_topic", settings.JournalTopic, NoSettings),
        new("kafka.quarantine_topic", settings.QuarantineTopic, NoSettings),
        .. settings.DecisionTopic is { } decisions ? [new PlannedTopic("kafka.decision_topic", decisions, NoSettings)] : (PlannedTopic[])[],
        .. from topic in promptTopics.Distinct() select new PlannedTopic("channels", topic, NoSettings),
    ];

    /// <summary>Those that the engine writes to.</summary>
    public static IEnumerable<string> Written(KafkaSettings settings, IReadOnlyList<string> promptTopics) =>
        Named(settings, promptTopics).Select(topic => topic.Name).Except(settings.Topics);

    /// <summary>The plan as commands for Kafka's own tool, one a line.</summary>
    public IReadOnlyList<string> Lines(string brokers) =>
    [
        .. from topic in Topics
           let settings = string.Concat(topic.Settings.Select(setting => $" --config {setting.Key}={setting.Value}"))
           select $"kafka-topics.sh --bootstrap-server {brokers} --create --if-not-exists --topic {topic.Name} "
               + $"--partitions {Partitions} --replication-factor {Replicas}{settings}",
    ];

    /// <summary>Makes what is missing and changes nothing that is there.</summary>
    /// <returns>One line a topic: what became of it; where no broker answers, one that says so.</returns>
    public async Task<IReadOnlyList<string>> CreateAsync(KafkaCluster cluster)
    {
        using var admin = cluster.Admin();
        var wanted = Topics.Select(topic => new TopicSpecification
        {
            Name = topic.Name, NumPartitions = Partitions, ReplicationFactor = Replicas, Configs = topic.Settings.ToDictionary(),
        });
        var wait = TimeSpan.FromMilliseconds(KafkaLimits.CreateMilliseconds);
        try
        {
            await admin.CreateTopicsAsync(wanted, new() { RequestTimeout = wait, OperationTimeout = wait });
            return [.. Topics.Select(topic => $"{topic.Name}: created")];
        }
        catch (CreateTopicsException some)
        {
            return [.. some.Results.Select(Line)];
        }
        catch (Confluent.Kafka.KafkaException silent)
        {
            return [cluster.Silence(silent)];
        }
    }

    private static Dictionary<string, string> NoSettings { get; } = [];

    private static string Line(CreateTopicReport report) => report.Error.Code switch
    {
        Confluent.Kafka.ErrorCode.NoError => $"{report.Topic}: created",
        Confluent.Kafka.ErrorCode.TopicAlreadyExists => $"{report.Topic}: is there already, left as it is",
        _ => $"{report.Topic}: not created: {report.Error.Reason}",
    };

    private static Dictionary<string, string> SettingsOf(string path, short replicas)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["cleanup.policy"] = "delete", ["retention.ms"] = AWeek };
        if (path == "kafka.exchange_topic" || path.StartsWith("kafka.topics[", StringComparison.Ordinal)) settings["message.timestamp.type"] = "LogAppendTime";
        if (path == "kafka.journal_topic") settings["retention.bytes"] = "-1";
        if (replicas >= 3) settings["min.insync.replicas"] = "2";
        return settings;
    }
}
