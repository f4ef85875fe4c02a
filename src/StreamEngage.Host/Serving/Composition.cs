using StreamEngage.Host.Serving.Settings;

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

    /// <summary>Prints the topics the settings need, or creates those that are missing.</summary>
    /// <returns>The exit code, or null where this build cannot ask a broker.</returns>
    public static Task<int?> TopicsAsync(ServeSettings settings, ServedRulebook rulebook, bool create, TextWriter output)
    {
        _ = (settings, rulebook, create, output);
        return Task.FromResult<int?>(null);
    }
}
