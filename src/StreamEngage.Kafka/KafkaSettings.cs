using System.Text.RegularExpressions;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>How a publication is made.</summary>
internal enum Delivery
{
    /// <summary>One transaction: visible once or not at all.</summary>
    ExactlyOnce,

    /// <summary>No transaction, lower latency: after a crash a prompt may appear again, under the same id.</summary>
    AtLeastOnce,
}

/// <summary>The <c>kafka</c> section of the settings.</summary>
internal sealed partial record KafkaSettings
{
    /// <summary>Where to ask first: host:port, comma-separated.</summary>
    public required string Brokers { get; init; }

    public required string GroupId { get; init; }

    /// <summary>Unique in the group, and the same after a restart: a restart then ends what the last run left open.</summary>
    public required string InstanceId { get; init; }

    /// <summary>Input topics; their order is that of an input position, so a new one goes last.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>How the producers of the input choose a partition by the user: lanes find each other's users by it.</summary>
    public KeyHash Partitioner { get; init; } = KeyHash.Murmur2;

    public required string JournalTopic { get; init; }

    /// <summary>What the lanes of all instances tell each other; written and read by the engine alone, with as many partitions as the input.</summary>
    public string ExchangeTopic { get; init; } = "streamengage.exchange";

    public required string QuarantineTopic { get; init; }

    /// <summary>Where every decision goes, suppressed ones too; null: nowhere. It is several times the prompts.</summary>
    public string? DecisionTopic { get; init; }

    /// <summary>What the ids of transactions begin with; the instance id follows.</summary>
    public string TransactionalIdPrefix { get; init; } = "streamengage";

    public Delivery Delivery { get; init; } = Delivery.ExactlyOnce;

    /// <summary>Where the schemas of records in the registry's wire format are; null: such records are quarantined.</summary>
    public SchemaRegistrySettings? SchemaRegistry { get; init; }

    /// <summary>Folder of <c>.avsc</c> files whose fingerprints single-object records name; null: only the schemas the engine ships.</summary>
    public string? SchemaFolder { get; init; }

    public KafkaSecurity Security { get; init; } = new();

    /// <summary>Further settings of the client library by their own names, of a closed list (<see cref="ClientTuning"/>).</summary>
    public IReadOnlyDictionary<string, string> Client { get; init; } = new Dictionary<string, string>();

    /// <summary>Everything a lane reads: the input topics and, last, the exchange.</summary>
    public IReadOnlyList<string> Read => [.. Topics, ExchangeTopic];

    public string TransactionalId => $"{TransactionalIdPrefix}-{InstanceId}";

    /// <summary>One line a fault, each beginning with the setting it is about; empty when all is well.</summary>
    public IReadOnlyList<string> Problems() =>
    [
        .. BrokerProblems(),
        .. NameProblems("group_id", GroupId),
        .. NameProblems("instance_id", InstanceId),
        .. NameProblems("transactional_id_prefix", TransactionalIdPrefix),
        .. TopicProblems(),
        .. SchemaRegistry?.Problems() ?? [],
        .. Security.Problems(),
        .. ClientTuning.Problems(Client),
    ];

    private IEnumerable<string> BrokerProblems()
    {
        if (string.IsNullOrWhiteSpace(Brokers))
            yield return "kafka.brokers: is empty; name at least one host:port";
        else
            foreach (var broker in Brokers.Split(',', StringSplitOptions.TrimEntries))
                if (!HostAndPort().IsMatch(broker)) yield return $"kafka.brokers: \"{broker}\" is not host:port";
    }

    private IEnumerable<string> TopicProblems()
    {
        if (Topics.Count == 0) yield return "kafka.topics: is empty; name at least one input topic";
        List<(string Path, string Topic)> named =
        [
            .. Topics.Select((topic, index) => ($"topics[{index}]", topic)),
            ("exchange_topic", ExchangeTopic), ("journal_topic", JournalTopic), ("quarantine_topic", QuarantineTopic),
        ];
        if (DecisionTopic is not null) named.Add(("decision_topic", DecisionTopic));
        foreach (var (path, topic) in named)
            if (!TopicName().IsMatch(topic) || topic is "." or "..")
                yield return $"kafka.{path}: \"{topic}\" is no topic name; use letters, digits, dots, dashes and underscores, 249 at most";
        foreach (var twice in named.GroupBy(one => one.Topic).Where(same => same.Count() > 1))
            yield return $"kafka.{twice.Last().Path}: \"{twice.Key}\" is kafka.{twice.First().Path} already; each needs a topic of its own";
    }

    private static IEnumerable<string> NameProblems(string path, string value)
    {
        if (!Identifier().IsMatch(value)) yield return $"kafka.{path}: \"{value}\" must be 1 to 128 letters, digits, dots, dashes and underscores";
    }

    [GeneratedRegex(@"^(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}$")]
    private static partial Regex HostAndPort();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,249}$")]
    private static partial Regex TopicName();

    [GeneratedRegex("^[A-Za-z0-9._-]{1,128}$")]
    private static partial Regex Identifier();
}

/// <summary>The <c>kafka.schema_registry</c> section.</summary>
internal sealed record SchemaRegistrySettings
{
    public required Uri Url { get; init; }

    public string? Username { get; init; }

    /// <summary>Holds the password and nothing else; a line end after it is ignored.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>Allows http to another machine, where anyone on the way can change a schema.</summary>
    public bool AllowPlainText { get; init; }

    public IEnumerable<string> Problems()
    {
        if (!Url.IsAbsoluteUri || Url.Scheme is not ("http" or "https"))
        {
            yield return $"kafka.schema_registry.url: \"{Url}\" is not an http or https address";
            yield break;
        }
        if (Url.UserInfo.Length > 0) yield return "kafka.schema_registry.url: holds a password; use username and password_file";
        if (Url.Scheme == "http" && !Url.IsLoopback && !AllowPlainText)
            yield return "kafka.schema_registry.url: is http to another machine; use https, or set kafka.schema_registry.allow_plain_text: true";
        if (Username is null != PasswordFile is null)
            yield return "kafka.schema_registry: username and password_file go together";
        if (PasswordFile is not null && !File.Exists(PasswordFile))
            yield return $"kafka.schema_registry.password_file: {PasswordFile} does not exist";
    }
}
