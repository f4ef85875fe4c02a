namespace StreamEngage.Kafka;

/// <summary>What must hold of the topics, and what should. Every line names the setting and the remedy; what only should begins with "warning: ".</summary>
internal static class TopicRules
{
    public const string Warning = "warning: ";

    private static readonly TimeSpan InputAtLeast = TimeSpan.FromDays(3);
    private static readonly Version FencesSince = new(2, 5);

    public static IReadOnlyList<string> Problems(KafkaSettings settings, IReadOnlyList<string> promptTopics, ClusterFacts facts)
    {
        var inputs = settings.Topics.Index().Where(topic => facts.Topics.ContainsKey(topic.Item))
            .Select(topic => (Path: $"kafka.topics[{topic.Index}]", Facts: facts.Topics[topic.Item])).ToList();
        if (facts.Topics.GetValueOrDefault(settings.ExchangeTopic) is { } exchange) inputs.Add(("kafka.exchange_topic", exchange));
        var journal = facts.Topics.GetValueOrDefault(settings.JournalTopic);
        List<string> problems = [.. Missing(settings, promptTopics, facts), .. Versions(settings, facts), .. Counts(inputs, journal)];
        foreach (var (path, input) in inputs) problems.AddRange(Input(path, input));
        if (journal is not null) problems.AddRange(Journal(journal, inputs.Select(input => input.Facts)));
        problems.AddRange(Replication(facts, inputs.Append((Path: "kafka.journal_topic", Facts: journal!)).Where(topic => topic.Facts is not null)));
        if (facts.Unread is { } why)
            problems.Add($"{Warning}kafka.brokers: settings of topics could not be read ({why}), so retention, cleanup and timestamps are unchecked; "
                + "allow DescribeConfigs on topics");
        return problems;
    }

    private static IEnumerable<string> Missing(KafkaSettings settings, IReadOnlyList<string> promptTopics, ClusterFacts facts) =>
        from topic in TopicPlan.Named(settings, promptTopics)
        where !facts.Topics.ContainsKey(topic.Name)
        // Brokers hide what a user has no right to see.
        select $"{topic.Path}: topic \"{topic.Name}\" does not exist, or may not be seen; create it (the verb topics does), correct the name, or allow "
            + "the engine's user to describe, read and write it";

    private static IEnumerable<string> Versions(KafkaSettings settings, ClusterFacts facts)
    {
        if (settings.Delivery == Delivery.ExactlyOnce && facts.Protocol is { } spoken && spoken < FencesSince)
            yield return $"kafka.delivery: is exactly_once, and the brokers speak {spoken}, which does not fence a former owner of a lane; "
                + "upgrade to 2.5 (inter.broker.protocol.version too), or set kafka.delivery: at_least_once";
    }

    private static IEnumerable<string> Counts(List<(string Path, TopicFacts Facts)> inputs, TopicFacts? journal)
    {
        if (inputs.Count == 0) yield break;
        var first = inputs[0].Facts;
        foreach (var (path, other) in inputs.Skip(1))
            if (other.Partitions != first.Partitions)
                yield return $"{path}: \"{other.Name}\" has {other.Partitions} partitions and \"{first.Name}\" has {first.Partitions}; "
                    + "a lane is one partition of each, so give them the same number";
        if (journal is not null && journal.Partitions != first.Partitions)
            yield return $"kafka.journal_topic: \"{journal.Name}\" has {journal.Partitions} partitions and there are {first.Partitions} lanes; "
                + "give it one a lane";
    }

    private static IEnumerable<string> Input(string path, TopicFacts input)
    {
        if (input.Setting("cleanup.policy") is { } policy && policy.Contains("compact", StringComparison.Ordinal))
            yield return $"{path}: cleanup.policy of \"{input.Name}\" is {policy}, so events of a user vanish before a replay; set it to delete";
        if (input.Retention is { } kept && kept < InputAtLeast)
            yield return $"{Warning}{path}: retention.ms of \"{input.Name}\" is {Hours(kept)}; what an outage or a lost store needs again must still "
                + $"be there, so keep {Hours(InputAtLeast)} or more";
        if (input.Setting("message.timestamp.type") is { } type && type != "LogAppendTime")
            yield return $"{Warning}{path}: message.timestamp.type of \"{input.Name}\" is {type}, so a producer's wrong clock moves the lanes' time; "
                + "set it to LogAppendTime";
    }

    private static IEnumerable<string> Journal(TopicFacts journal, IEnumerable<TopicFacts> inputs)
    {
        if (journal.Setting("cleanup.policy") is { } policy && policy.Contains("compact", StringComparison.Ordinal))
            yield return $"kafka.journal_topic: cleanup.policy of \"{journal.Name}\" is {policy}, and its records have no key; set it to delete";
        var longest = inputs.Select(input => input.Retention ?? TimeSpan.Zero).Append(InputAtLeast).Max();
        if (journal.Retention is { } kept && kept < longest)
            yield return $"{Warning}kafka.journal_topic: retention.ms of \"{journal.Name}\" is {Hours(kept)}, less than the {Hours(longest)} that input is "
                + "kept; a replay of older input could publish again, so keep it as long";
        if (long.TryParse(journal.Setting("retention.bytes"), out var bytes) && bytes >= 0)
            yield return $"{Warning}kafka.journal_topic: retention.bytes of \"{journal.Name}\" is {bytes}, so it may end before its time; set it to -1";
    }

    private static IEnumerable<string> Replication(ClusterFacts facts, IEnumerable<(string Path, TopicFacts Facts)> topics)
    {
        foreach (var (path, topic) in topics)
        {
            if (facts.Brokers >= 3 && topic.Replicas < 3)
                yield return $"{Warning}{path}: \"{topic.Name}\" has {topic.Replicas} replicas; with 3 the loss of a broker loses nothing";
            if (topic.Replicas >= 3 && topic.Setting("min.insync.replicas") is "0" or "1")
                yield return $"{Warning}{path}: min.insync.replicas of \"{topic.Name}\" is 1, so what was acknowledged may be lost; set it to 2";
        }
    }

    private static string Hours(TimeSpan span) => FormattableString.Invariant($"{span.TotalHours:0.#} h");
}
