namespace StreamEngage.Kafka;

/// <summary>A topic as the brokers have it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Partitions">How many.</param>
/// <param name="Replicas">The fewest of any partition.</param>
/// <param name="Settings">Its settings by name; null: the brokers did not tell.</param>
internal sealed record TopicFacts(string Name, int Partitions, int Replicas, IReadOnlyDictionary<string, string>? Settings)
{
    public string? Setting(string name) => Settings?.GetValueOrDefault(name);

    /// <summary>How long records stay; null: for ever, or not told.</summary>
    public TimeSpan? Retention =>
        long.TryParse(Setting("retention.ms"), out var milliseconds) && milliseconds >= 0 ? TimeSpan.FromMilliseconds(Math.Min(milliseconds, 1L << 52)) : null;
}

/// <summary>What the brokers told of themselves and their topics.</summary>
/// <param name="Brokers">How many there are.</param>
/// <param name="Protocol">The version brokers speak among themselves, such as 2.4; null: not told, as since 4.0.</param>
/// <param name="Topics">All topics that there are.</param>
/// <param name="Unread">Why topics' settings are not known; null: they are.</param>
internal sealed record ClusterFacts(int Brokers, Version? Protocol, IReadOnlyDictionary<string, TopicFacts> Topics, string? Unread);
