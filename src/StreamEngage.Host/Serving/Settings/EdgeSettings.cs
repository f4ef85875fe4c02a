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

/// <summary>Section <c>redis</c>.</summary>
internal sealed record RedisSettings
{
    /// <summary>host:port of the servers to begin with, comma-separated.</summary>
    public required string Endpoints { get; init; }

    public string? Username { get; init; }

    /// <summary>Holds the password and nothing else.</summary>
    public string? PasswordFile { get; init; }

    public IEnumerable<string> Problems()
    {
        if (Endpoints.Length == 0) yield return "redis.endpoints: is empty; name at least one host:port";
        if (PasswordFile is not null && !File.Exists(PasswordFile)) yield return $"redis.password_file: {PasswordFile} does not exist";
    }
}
