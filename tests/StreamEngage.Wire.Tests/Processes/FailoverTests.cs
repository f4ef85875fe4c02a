using StreamEngage.Kafka;
using StreamEngage.Redis;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>The master of the store dies under load, and its replica, which may lack the last steps, takes its place.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class FailoverTests(ITestOutputHelper output)
{
    private const int Seed = 83;

    [ProcessFact]
    public async Task ASentinelsFailoverUnderLoad_OnTheTestBroker_ShowsEveryPromptOnce()
    {
        using var servers = new Servers();
        var plan = FaultRun.PlanOf(ClusterKind.TestBroker, Seed, FaultRun.LongSession) with { StoreBehind = servers.Watch };
        await using var run = await FaultRun.StartAsync(plan, Seed, "one", "two");
        var rounds = FaultTests.AtLeast("STREAMENGAGE_FAILOVERS", 2);
        for (var round = 0; round < rounds; round++)
        {
            await run.Deployment.AllAtWorkAsync();
            await Task.Delay(500);
            await servers.FailOverAsync();
            await run.Deployment.AllAtWorkAsync();
        }
        output.WriteLine($"{rounds} masters killed under load, each time its replica became master");
        await run.ReckonAsync(output);
    }

    /// <summary>A master, a replica and who watches them.</summary>
    private sealed class Servers : IDisposable
    {
        private readonly RedisServer _second = RedisServer.Start();
        private RedisServer _master = null!, _replica = null!;
        private RedisServer? _sentinel;

        /// <summary>How an engine reaches the store when its first master is this one.</summary>
        public RedisSettings Watch(RedisServer first)
        {
            (_master, _replica) = (first, _second);
            Follow();
            _sentinel = RedisServer.StartSentinel(first);
            return first.Settings with { Addresses = [_sentinel.Address], SentinelMaster = "lanes" };
        }

        public async Task FailOverAsync()
        {
            await Given.Until(() => _replica.Ask("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal));
            await Given.Until(() => _sentinel!.Ask("SENTINEL replicas lanes") is var told
                && told.Contains($"{_replica.Port}", StringComparison.Ordinal) && told.Contains("master-link-status\nok", StringComparison.Ordinal));
            _master.Kill();
            await Given.Until(() => _sentinel!.Ask("SENTINEL get-master-addr-by-name lanes").Contains($"{_replica.Port}", StringComparison.Ordinal)
                && _replica.Ask("INFO replication").Contains("role:master", StringComparison.Ordinal));
            (_master, _replica) = (_replica, _master);
            _replica.Restart();
            Follow();
        }

        public void Dispose()
        {
            _sentinel?.Dispose();
            _second.Dispose();
        }

        private void Follow() => Assert.Equal("OK", _replica.Ask($"REPLICAOF 127.0.0.1 {_master.Port}"));
    }
}
