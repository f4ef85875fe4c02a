using StreamEngage.Brokers;

namespace StreamEngage.Kafka;

/// <summary>
/// The broker that STREAMENGAGE_KAFKA names: host:port of a real one, or <c>test-broker</c> (<c>test-broker-2.4</c>) for one <see cref="TestBroker"/> of the
/// whole run, which is not Kafka and shows that these tests can be run.
/// </summary>
internal static class NamedBroker
{
    private const string InMemory = "test-broker";

    private static readonly Lazy<string?> _problem = new(FindProblem);

    /// <summary>Null: none is named.</summary>
    public static string? Address { get; } = Environment.GetEnvironmentVariable("STREAMENGAGE_KAFKA") switch
    {
        null or "" => null,
        InMemory => new TestBroker(new()).Address,
        InMemory + "-2.4" => new TestBroker(new() { Version = new(2, 4) }).Address,
        var named => named,
    };

    /// <summary>Why exactly once cannot be seen on it, in the words with which the engine would refuse to start; null: it can.</summary>
    public static string? WhyNotExactlyOnce => _problem.Value;

    /// <summary>As much as it can.</summary>
    public static Delivery Delivery => WhyNotExactlyOnce is null ? Delivery.ExactlyOnce : Delivery.AtLeastOnce;

    private static string? FindProblem()
    {
        if (Address is null) return "no real broker, STREAMENGAGE_KAFKA is not set";
        if (Librdkafka.Problem is { } missing) return missing;
        var settings = new KafkaSettings
        {
            Brokers = Address, GroupId = "look", InstanceId = "look", Topics = ["look"], JournalTopic = "look-journal", QuarantineTopic = "look-quarantine",
            Delivery = Delivery.ExactlyOnce,
        };
        var problems = new TopicCheck(new(settings, TimeProvider.System, _ => { }), []).ProblemsAsync(default).GetAwaiter().GetResult();
        // The topics are not there, of course.
        return problems.FirstOrDefault(problem => problem.StartsWith("kafka.delivery:", StringComparison.Ordinal)
            || problem.StartsWith("kafka.brokers: no broker", StringComparison.Ordinal));
    }
}
