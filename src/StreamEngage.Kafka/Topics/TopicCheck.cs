using System.Globalization;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace StreamEngage.Kafka;

/// <summary>Compares the topics with what the engine needs of them, before anything runs.</summary>
internal sealed class TopicCheck(KafkaCluster cluster, IReadOnlyList<string> promptTopics)
{
    // Together below CheckMilliseconds, whatever does not answer.
    private static readonly TimeSpan MetadataWait = TimeSpan.FromMilliseconds(KafkaLimits.CheckMilliseconds * 5 / 8);
    private static readonly TimeSpan SettingsWait = TimeSpan.FromMilliseconds(KafkaLimits.CheckMilliseconds * 3 / 8);

    /// <summary>Partitions of the input; 0 before the check, and where no broker told.</summary>
    public int Lanes { get; private set; }

    /// <summary>Partitions of each topic that there is; none before the check, and where no broker told.</summary>
    public IReadOnlyDictionary<string, int> Partitions { get; private set; } = new Dictionary<string, int>();

    /// <summary>Finds out how many partitions the topics have, and nothing else.</summary>
    /// <returns>Why it is not known; null: it is.</returns>
    public async Task<string?> LookAsync(CancellationToken stop)
    {
        using var admin = cluster.Admin();
        try
        {
            Count(await MetadataAsync(admin, stop));
        }
        catch (KafkaException silent)
        {
            return cluster.Silence(silent);
        }
        var asked = cluster.Settings.Read.Append(cluster.Settings.JournalTopic).Append(cluster.Settings.DecisionTopic);
        return asked.FirstOrDefault(topic => topic is not null && !Partitions.ContainsKey(topic)) is { } missing
            ? $"kafka: topic \"{missing}\" does not exist; correct the name in the settings" : null;
    }

    /// <summary>One line a problem, within ten seconds also when no broker answers; those that begin with "warning: " need not stop a start.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync(CancellationToken stop)
    {
        if (Librdkafka.Problem is { } missing) return [$"kafka: {missing}"];
        using var admin = cluster.Admin();
        try
        {
            var metadata = await MetadataAsync(admin, stop);
            Count(metadata);
            var facts = await FactsAsync(admin, metadata);
            return TopicRules.Problems(cluster.Settings, promptTopics, facts);
        }
        catch (KafkaException silent)
        {
            return [cluster.Silence(silent)];
        }
    }

    /// <summary>Blocks, so it has a thread of its own for as long as it takes.</summary>
    private static Task<Metadata> MetadataAsync(IAdminClient admin, CancellationToken stop) =>
        Task.Factory.StartNew(() => admin.GetMetadata(MetadataWait), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Count(Metadata metadata)
    {
        Partitions = metadata.Topics.Where(topic => !topic.Error.IsError)
            .ToDictionary(topic => topic.Topic, topic => topic.Partitions.Count, StringComparer.Ordinal);
        Lanes = Partitions.GetValueOrDefault(cluster.Settings.Topics[0]);
    }

    private async Task<ClusterFacts> FactsAsync(IAdminClient admin, Metadata metadata)
    {
        var there = metadata.Topics.Where(topic => !topic.Error.IsError).ToDictionary(topic => topic.Topic, StringComparer.Ordinal);
        List<ConfigResource> asked =
        [
            .. TopicPlan.Named(cluster.Settings, promptTopics).Where(topic => there.ContainsKey(topic.Name))
                .Select(topic => new ConfigResource { Type = ResourceType.Topic, Name = topic.Name }),
        ];
        // Together: brokers that do not tell are waited for once.
        var protocol = ProtocolAsync(admin, metadata);
        var (settings, unread) = await SettingsAsync(admin, asked);
        var facts = there.Values.Select(topic => new TopicFacts(
            topic.Topic,
            topic.Partitions.Count,
            topic.Partitions.Select(partition => partition.Replicas.Length).DefaultIfEmpty(0).Min(),
            settings.GetValueOrDefault(topic.Topic)));
        return new(metadata.Brokers.Count, await protocol, facts.ToDictionary(topic => topic.Name, StringComparer.Ordinal), unread);
    }

    private static async Task<(Dictionary<string, Dictionary<string, string>> Settings, string? Unread)> SettingsAsync(
        IAdminClient admin, List<ConfigResource> asked)
    {
        if (asked.Count == 0) return ([], null);
        try
        {
            var told = await admin.DescribeConfigsAsync(asked, new() { RequestTimeout = SettingsWait / 2 });
            return (told.ToDictionary(one => one.ConfigResource.Name, one => Values(one.Entries), StringComparer.Ordinal), null);
        }
        catch (DescribeConfigsException some)
        {
            var told = some.Results.Where(one => !one.Error.IsError);
            var refused = some.Results.First(one => one.Error.IsError).Error.Reason;
            return (told.ToDictionary(one => one.ConfigResource.Name, one => Values(one.Entries), StringComparer.Ordinal), refused);
        }
        catch (KafkaException none)
        {
            return ([], none.Error.Reason);
        }
    }

    private static Dictionary<string, string> Values(Dictionary<string, ConfigEntryResult> told) =>
        told.Values.Where(entry => entry.Value is not null).ToDictionary(entry => entry.Name, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>A hint only: brokers since 4.0 have no such setting, and some do not let it be read.</summary>
    private static async Task<Version?> ProtocolAsync(IAdminClient admin, Metadata metadata)
    {
        if (metadata.Brokers.Count == 0) return null;
        var broker = new ConfigResource { Type = ResourceType.Broker, Name = metadata.Brokers[0].BrokerId.ToString(CultureInfo.InvariantCulture) };
        try
        {
            var told = await admin.DescribeConfigsAsync([broker], new() { RequestTimeout = SettingsWait / 2 });
            return told[0].Entries.TryGetValue("inter.broker.protocol.version", out var entry) && Version.TryParse(entry.Value?.Split('-')[0], out var spoken)
                ? spoken
                : null;
        }
        catch (KafkaException)
        {
            return null;
        }
    }
}
