using System.Globalization;

namespace StreamEngage.Redis;

/// <summary>What a server says of itself (INFO), judged by what lanes need.</summary>
internal sealed class ServerFacts
{
    private readonly Dictionary<string, string> _facts = new(StringComparer.Ordinal);

    public ServerFacts(string info)
    {
        foreach (var line in info.Split('\n', StringSplitOptions.TrimEntries))
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon) _facts[line[..colon]] = line[(colon + 1)..];
    }

    public bool IsMaster => Of("role") == "master";

    public bool WritesAppendOnlyFile => Of("aof_enabled") == "1";

    private long Replicas => Number("connected_slaves");

    public IEnumerable<RedisFinding> Findings(RedisSettings settings)
    {
        if (!int.TryParse(Of("redis_version").Split('.')[0], CultureInfo.InvariantCulture, out var major) || major < RedisLimits.VersionMin)
            yield return Refusal($"redis.addresses: the server's version is '{Of("redis_version")}'. Remedy: Redis {RedisLimits.VersionMin}.0 or newer.");
        // Where there is no limit nothing is evicted, whatever the policy; a server that does not say is not trusted.
        if (Of("maxmemory") != "0" && Of("maxmemory_policy") != "noeviction")
            yield return Refusal($"maxmemory-policy is '{Of("maxmemory_policy")}': a full server would drop users' records. "
                + "Remedy: maxmemory-policy noeviction.");
        if (!WritesAppendOnlyFile && Replicas == 0)
            yield return new(
                settings.RequirePersistence ? FindingWeight.Refusal : FindingWeight.Warning,
                "appendonly is off and there is no replica: a restart of Redis loses every lane, which are then replayed from the input. "
                + "Remedy: appendonly yes with appendfsync everysec, or a replica.");
        foreach (var finding in OfCluster(settings)) yield return finding;
    }

    private IEnumerable<RedisFinding> OfCluster(RedisSettings settings)
    {
        var isCluster = Of("cluster_enabled") == "1";
        if (isCluster && settings.Database != 0)
            yield return Refusal($"redis.database is {settings.Database}: a cluster has only database 0. Remedy: leave it out.");
        if (isCluster && settings.WaitReplicas > 0)
            yield return Refusal("redis.wait_replicas: this client cannot wait for the replicas of one node of a cluster. "
                + "Remedy: leave it out and set min-replicas-to-write on the nodes.");
        else if (settings.WaitReplicas > Replicas)
            yield return Refusal($"redis.wait_replicas is {settings.WaitReplicas}, but {Replicas} replicas are connected. "
                + "Remedy: connect them, or lower it.");
    }

    private static RedisFinding Refusal(string text) => new(FindingWeight.Refusal, text);

    private string Of(string fact) => _facts.GetValueOrDefault(fact, "");

    private long Number(string fact) => long.TryParse(Of(fact), CultureInfo.InvariantCulture, out var number) ? number : 0;
}
