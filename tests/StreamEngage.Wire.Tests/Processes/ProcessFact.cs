using StreamEngage.Kafka;
using StreamEngage.Redis;

namespace StreamEngage.Processes;

/// <summary>A fact that starts the program, on brokers and a redis-server of the test's own where none are named.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProcessFactAttribute : FactAttribute
{
    public ProcessFactAttribute() => Skip = WhyNot;

    public static string? WhyNot => Librdkafka.Problem ?? (RedisServer.IsInstalled ? null : $"{RedisServer.Program} is not installed")
        ?? (OperatingSystem.IsWindows() ? "signals of Unix are needed" : null);
}

/// <summary>The same against the broker that STREAMENGAGE_KAFKA names: only there exactly once can be seen.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class BrokerProcessFactAttribute : FactAttribute
{
    public BrokerProcessFactAttribute() => Skip = ProcessFactAttribute.WhyNot
        ?? (NamedBroker.WhyNotExactlyOnce is { } why ? $"exactly once is not exercised: {why}" : null);
}

/// <summary>A fact that starts the program and needs a data set.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatasetProcessFactAttribute : FactAttribute
{
    public DatasetProcessFactAttribute(params string[] datasets) => Skip = ProcessFactAttribute.WhyNot ?? Datasets.WhyMissing(datasets);
}

/// <summary>One at a time: each has both cores' worth of processes of its own.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class ProcessesAlone
{
    public const string Name = "processes";
}
