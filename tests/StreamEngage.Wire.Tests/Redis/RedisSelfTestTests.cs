using System.Diagnostics;

namespace StreamEngage.Redis;

public sealed class RedisSelfTestTests
{
    [OwnRedisFact]
    public async Task AServerAsItShouldBe_HasNoFinding_AndIsLeftAsItWas()
    {
        using var server = RedisServer.Start("--appendonly", "yes", "--maxmemory", "1gb", "--maxmemory-policy", "noeviction");
        Assert.Empty(await Look(server.Settings with { TimeToLive = TimeSpan.FromDays(1) }));
        Assert.Equal("", server.Ask("KEYS *"));
    }

    [OwnRedisFact]
    public async Task EachThingThatIsWrong_IsOneLineWithItsRemedy()
    {
        using var server = RedisServer.Start("--maxmemory", "1gb", "--maxmemory-policy", "allkeys-lru");
        var findings = await Look(server.Settings with { WaitReplicas = 2 });
        Assert.Equal(
            [
                "Refusal: maxmemory-policy is 'allkeys-lru': a full server would drop users' records. Remedy: maxmemory-policy noeviction.",
                "Warning: appendonly is off and there is no replica: a restart of Redis loses every lane, which are then replayed from the input. "
                    + "Remedy: appendonly yes with appendfsync everysec, or a replica.",
                "Refusal: redis.wait_replicas is 2, but 0 replicas are connected. Remedy: connect them, or lower it.",
            ],
            findings.Take(3).Select(finding => finding.ToString()));
        // And the step itself fails, because nobody acknowledges it.
        Assert.StartsWith("redis: a step on a scratch lane failed (0 of 2 replicas", Assert.Single(findings.Skip(3)).Text);
        Assert.Equal(FindingWeight.Refusal, (await Look(server.Settings with { RequirePersistence = true }))[1].Weight);

        server.Ask("CONFIG SET maxmemory-policy noeviction");
        server.Ask("CONFIG SET appendonly yes");
        server.Ask("CONFIG SET appendfsync no");
        Assert.StartsWith("Warning: appendfsync is 'no'", Assert.Single(await Look(server.Settings)).ToString());
    }

    [OwnRedisFact]
    public async Task AFullServer_IsFound()
    {
        using var server = RedisServer.Start("--appendonly", "yes", "--maxmemory", "1", "--maxmemory-policy", "noeviction");
        Assert.Contains("OOM", Assert.Single(await Look(server.Settings)).Text);
    }

    [OwnRedisFact]
    public async Task AReplica_IsNoMaster()
    {
        using var server = RedisServer.Start("--replicaof", "127.0.0.1", $"{RedisServer.FreePort()}");
        var findings = await Look(server.Settings);
        Assert.All(findings, finding => Assert.StartsWith("Refusal: redis.addresses", finding.ToString()));
        Assert.NotEmpty(findings);
    }

    [Fact]
    public async Task NoServer_IsToldInTime()
    {
        var waited = Stopwatch.StartNew();
        var finding = Assert.Single(await Look(new() { Addresses = [$"127.0.0.1:{RedisServer.FreePort()}"] }));
        Assert.StartsWith("Refusal: redis.addresses (and redis.tls): no master can be used at 127.0.0.1:", finding.ToString());
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(12), $"took {waited.Elapsed}");
    }

    [OwnRedisFact]
    public async Task AServerThatAcceptsAndSaysNothing_IsToldInTime()
    {
        using var server = RedisServer.Start();
        server.Signal("STOP");
        var waited = Stopwatch.StartNew();
        var findings = await Look(server.Settings with { ConnectTimeout = TimeSpan.FromMinutes(1), CommandTimeout = TimeSpan.FromMinutes(1) });
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(12), $"took {waited.Elapsed}");
        Assert.StartsWith("Refusal: redis.addresses", Assert.Single(findings).ToString());
    }

    [Fact]
    public async Task WrongSettings_AreToldWithoutAskingAnyone() =>
        Assert.Equal("Refusal: redis.database must be 0 or more, is -1.", Assert.Single(await Look(new() { Database = -1 })).ToString());

    [Fact]
    public void AnOldServer_IsRefused() =>
        Assert.Contains(
            "redis.addresses: the server's version is '4.0.14'. Remedy: Redis 5.0 or newer.",
            new ServerFacts("redis_version:4.0.14\r\nmaxmemory:0\r\naof_enabled:1").Findings(new()).Select(finding => finding.Text));

    private static Task<IReadOnlyList<RedisFinding>> Look(RedisSettings settings) => RedisSelfTest.RunAsync(settings, TimeProvider.System, Given.Never);
}
