using StackExchange.Redis;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>Looks at the server before the engine starts: reachable, does what a step needs, keeps what it is given.</summary>
internal static class RedisSelfTest
{
    private static readonly TimeSpan _longest = TimeSpan.FromSeconds(RedisLimits.SelfTestSeconds);
    // So that a connection and a command that both get no answer fit, and each is told as what it is.
    private static readonly TimeSpan _each = _longest / 4;

    /// <summary>Ends in time even where the server does not answer. Empty: everything is as it should be.</summary>
    public static async Task<IReadOnlyList<RedisFinding>> RunAsync(RedisSettings settings, TimeProvider clock, CancellationToken stop)
    {
        var problems = settings.Problems().Select(problem => new RedisFinding(FindingWeight.Refusal, problem)).ToList();
        if (problems.Count > 0) return problems;
        try
        {
            return await LookAsync(Hurried(settings), clock, stop).WaitAsync(_longest, clock, stop).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return [NoAnswer(settings, $"not done within {RedisLimits.SelfTestSeconds} s")];
        }
    }

    private static RedisSettings Hurried(RedisSettings settings) => settings with
    {
        ConnectTimeout = Least(settings.ConnectTimeout, _each),
        CommandTimeout = Least(settings.CommandTimeout, _each)
    };

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static async Task<IReadOnlyList<RedisFinding>> LookAsync(RedisSettings settings, TimeProvider clock, CancellationToken stop)
    {
        await using var connection = new RedisConnection(settings, clock);
        if (await ReachAsync(connection, settings, stop).ConfigureAwait(false) is { } unreachable) return [unreachable];
        var findings = new List<RedisFinding>();
        await FactsAsync(connection, settings, findings, stop).ConfigureAwait(false);
        if (await StepAsync(connection, settings, stop).ConfigureAwait(false) is { } wrong) findings.Add(wrong);
        return findings;
    }

    private static async Task<RedisFinding?> ReachAsync(RedisConnection connection, RedisSettings settings, CancellationToken stop)
    {
        try
        {
            (await connection.AskAsync(database => database.PingAsync(CommandFlags.DemandMaster), stop).ConfigureAwait(false)).OrFail();
            return null;
        }
        catch (StoreFailedException failure)
        {
            return NoAnswer(settings, await RedisClient.WhyNotAsync(settings).ConfigureAwait(false) ?? failure.Message);
        }
    }

    private static RedisFinding NoAnswer(RedisSettings settings, string why)
    {
        string[] signs = ["uthentication", "NOAUTH", "WRONGPASS"];
        var isLogin = signs.Any(sign => why.Contains(sign, StringComparison.Ordinal));
        var remedy = isLogin
            ? "redis.password: the server wants another login"
            : "redis.addresses (and redis.tls): no master can be used";
        return new(FindingWeight.Refusal, $"{remedy} at {string.Join(", ", settings.Addresses)} ({OneLine(why)}). "
            + (isLogin ? "Remedy: the password of the engine's user." : "Remedy: start it, or correct the address; a server with TLS needs redis.tls."));
    }

    private static async Task FactsAsync(RedisConnection connection, RedisSettings settings, List<RedisFinding> findings, CancellationToken stop)
    {
        try
        {
            var infos = await connection.InfoAsync(stop).ConfigureAwait(false);
            var facts = infos.Select(info => new ServerFacts(info)).Where(server => server.IsMaster).ToList();
            if (facts.Count == 0)
                findings.Add(new(FindingWeight.Refusal, "redis.addresses: none of the servers is a master. Remedy: name the master, or all nodes."));
            findings.AddRange(facts.SelectMany(server => server.Findings(settings)).Distinct());
            if (facts.Exists(server => server.WritesAppendOnlyFile)) findings.AddRange(await SyncAsync(connection, stop).ConfigureAwait(false));
        }
        catch (StoreFailedException failure)
        {
            findings.Add(new(FindingWeight.Unchecked,
                $"maxmemory-policy, persistence and version were not looked at ({OneLine(failure.Message)}). "
                    + "Remedy: allow INFO, as deploy/redis/engine.acl does."));
        }
    }

    private static async Task<IEnumerable<RedisFinding>> SyncAsync(RedisConnection connection, CancellationToken stop)
    {
        try
        {
            object[] question = ["GET", "appendfsync"];
            var reply = await connection.AskAsync(database => database.ExecuteAsync("CONFIG", question, CommandFlags.DemandMaster), stop).ConfigureAwait(false);
            return (string?[])reply.OrFail()! is [_, "no"]
                ? [new(FindingWeight.Warning, "appendfsync is 'no': a crash of the machine loses what the system had not written. "
                    + "Remedy: appendfsync everysec.")]
                : [];
        }
        catch (StoreFailedException)
        {
            // The shipped ACL does not allow it: CONFIG GET would show the server's own passwords.
            return [new(FindingWeight.Unchecked, "appendfsync was not looked at: CONFIG GET is not allowed, and need not be. "
                + "Remedy: see that it is everysec or always.")];
        }
    }

    private static async Task<RedisFinding?> StepAsync(RedisConnection connection, RedisSettings settings, CancellationToken stop)
    {
        try
        {
            return await new ScratchLane(connection, settings).TryAsync(stop).ConfigureAwait(false) is { } wrong
                ? new(FindingWeight.Refusal, $"redis.addresses: {wrong}. "
                    + $"Remedy: a writable master of Redis {RedisLimits.VersionMin}.0 or newer, with free memory.")
                : null;
        }
        catch (StoreFailedException failure)
        {
            return new(FindingWeight.Refusal, RedisRefusals.IsLackOfRights(failure.Message)
                ? $"redis.user: it may not do what a step needs ({OneLine(failure.Message)}). Remedy: the rights of deploy/redis/engine.acl."
                : $"redis: a step on a scratch lane failed ({OneLine(failure.Message)}). Remedy: what the message says; nothing of the engine's was touched.");
        }
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
