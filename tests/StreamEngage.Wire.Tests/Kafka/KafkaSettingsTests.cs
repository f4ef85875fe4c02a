namespace StreamEngage.Kafka;

public sealed class KafkaSettingsTests
{
    internal static readonly KafkaSettings Good = new()
    {
        Brokers = "one:9092,[::1]:9093", GroupId = "g", InstanceId = "i-0", Topics = ["clicks", "outcomes"], JournalTopic = "journal",
        QuarantineTopic = "quarantine", DecisionTopic = "decisions",
    };

    [Fact]
    public void GoodSettings_HaveNoProblem()
    {
        Assert.Empty(Good.Problems());
        Assert.Equal("streamengage-i-0", Good.TransactionalId);
    }

    [Fact]
    public void EveryFault_IsNamedByItsSetting()
    {
        var bad = Good with
        {
            Brokers = "one",
            GroupId = "",
            InstanceId = "a b",
            Topics = ["clicks", "journal", "no/slash"],
            SchemaRegistry = new() { Url = new("http://user:secret@registry:8081"), Username = "me" },
            Security = new() { Sasl = "PLAIN", Username = "me", PasswordFile = "missing.txt", CaFile = "missing.pem" },
            Client = new Dictionary<string, string> { ["isolation.level"] = "read_uncommitted", ["linger.ms"] = "1" },
        };
        Assert.Equal(
            [
                "kafka.brokers",
                "kafka.group_id",
                "kafka.instance_id",
                "kafka.topics[2]",
                "kafka.journal_topic",
                "kafka.schema_registry.url",
                "kafka.schema_registry.url",
                "kafka.schema_registry",
                "kafka.security.ca_file",
                "kafka.security.password_file",
                "kafka.security.tls",
                "kafka.security.tls",
                "kafka.client.isolation.level",
            ],
            bad.Problems().Select(problem => problem[..problem.IndexOf(": ", StringComparison.Ordinal)]));
        Assert.DoesNotContain(bad.Problems(), problem => problem.Contains('\n', StringComparison.Ordinal));
    }

    [Fact]
    public void NoTopics_IsAProblem() => Assert.StartsWith("kafka.topics: ", Assert.Single((Good with { Topics = [] }).Problems()), StringComparison.Ordinal);

    [Fact]
    public void VerificationOff_NeedsTls() => Assert.StartsWith(
        "kafka.security.allow_unverified_brokers: ",
        Assert.Single((Good with { Security = new() { AllowUnverifiedBrokers = true } }).Problems()),
        StringComparison.Ordinal);
}
