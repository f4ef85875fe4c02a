using StreamEngage.Host.Serving.Settings;
using StreamEngage.Kafka;

namespace StreamEngage.Host.Serving;

/// <summary>An engine put together: runs until it is stopped, finishing what is under way.</summary>
internal delegate Task RunningEngine(CancellationToken stop);

/// <summary>Where Kafka, Redis and the lane worker are put together. The only file of Host that knows all three.</summary>
internal static class Composition
{
    /// <summary>What an answer says while the parts are not there.</summary>
    public const string Missing = "this version has no lane worker yet: settings and rulebook are right, nothing was started; use --check to validate only";

    /// <returns>Null where this build has no engine to run.</returns>
    public static RunningEngine? Engine(EngineParts parts)
    {
        _ = parts;
        return null;
    }

    /// <summary>Prints how to make the topics that settings and rulebook need, or makes those that are missing.</summary>
    /// <returns>False when one could not be made.</returns>
    public static async Task<bool> TopicsAsync(TopicPlan plan, ServeSettings settings, bool create, TextWriter output)
    {
        var lines = create ? await plan.CreateAsync(new(settings.Kafka, TimeProvider.System, Said: _ => { })) : plan.Lines(settings.Kafka.Brokers);
        foreach (var line in lines) output.WriteLine(line);
        return !create || lines.All(line => line.EndsWith(": created", StringComparison.Ordinal) || line.EndsWith("left as it is", StringComparison.Ordinal));
    }
}
