namespace StreamEngage.Host.Serving.Settings;

/// <summary>Section <c>kafka</c>.</summary>
internal sealed record KafkaSettings
{
    /// <summary>Where to ask first: host:port, comma-separated.</summary>
    public required string Brokers { get; init; }

    public required string GroupId { get; init; }

    /// <summary>Unique in the group, and the same after a restart.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Input topics; a new one goes last.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    public required string JournalTopic { get; init; }

    public required string QuarantineTopic { get; init; }

    public required string DecisionTopic { get; init; }

    public IEnumerable<string> Problems()
    {
        if (Brokers.Length == 0) yield return "kafka.brokers: is empty; name at least one host:port";
        if (Topics.Count == 0) yield return "kafka.topics: is empty; name at least one input topic";
        foreach (var (path, name) in new[]
            {
                ("group_id", GroupId), ("instance_id", InstanceId), ("journal_topic", JournalTopic), ("quarantine_topic", QuarantineTopic),
                ("decision_topic", DecisionTopic),
            })
            if (name.Length == 0) yield return $"kafka.{path}: is empty";
    }
}
