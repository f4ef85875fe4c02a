using StreamEngage.Kafka;
using StreamEngage.Redis;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>A redis-server that goes under load, and comes back with less than it had.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class StoreLossTests(ITestOutputHelper output)
{
    private const int Seed = 7;

    private readonly Random _lot = new(Seed);

    [ProcessFact]
    public Task ARedisKilledCutAndWiped_OnTheMock_LosesNothingAndMakesNothingUp_WhichSaysNothingAboutExactlyOnce() => LoseAsync(ClusterKind.Mock);

    [ProcessFact]
    public Task ARedisKilledCutAndWiped_OnTheTestBroker_ShowsEveryPromptOnce() => LoseAsync(ClusterKind.TestBroker);

    [BrokerProcessFact]
    public Task ARedisKilledCutAndWiped_OnABroker_ShowsEveryPromptOnce() => LoseAsync(ClusterKind.Named);

    private async Task LoseAsync(ClusterKind kind)
    {
        await using var run = await FaultRun.StartAsync(kind, Seed, FaultRun.LongSession, "one", "two");
        var redis = run.Deployment.OwnRedis!;
        var rounds = FaultTests.AtLeast("STREAMENGAGE_STORE_LOSSES", kind == ClusterKind.Mock ? 1 : 2);
        var cut = 0L;
        for (var round = 0; round < rounds; round++)
        {
            await ResumesAfterAsync(run, () => Restart(redis, () => { }));
            await ResumesAfterAsync(run, () => Restart(redis, () => cut += CutTail(redis)));
            await ResumesAfterAsync(run, () => redis.Ask("FLUSHALL"));
            await ResumesAfterAsync(run, () => Restart(redis, () => Directory.Delete(Path.Combine(redis.Folder, "appendonlydir"), recursive: true)));
        }
        output.WriteLine($"{rounds} times each: killed and back whole, killed and its file cut ({cut} bytes in all), "
            + "wiped while it ran, killed and its file gone");
        await run.ReckonAsync(output);
    }

    /// <summary>The lanes run again, and had a moment to work, before the next blow.</summary>
    private async Task ResumesAfterAsync(FaultRun run, Action blow)
    {
        blow();
        await Task.Delay(1_500 + _lot.Next(500));
        await run.Deployment.AllAtWorkAsync();
    }

    private void Restart(RedisServer redis, Action meanwhile)
    {
        redis.Kill();
        Thread.Sleep(_lot.Next(1_500));
        meanwhile();
        redis.Restart();
    }

    /// <summary>Somewhere in the newest part of the file, which may be within a step's bytes.</summary>
    private long CutTail(RedisServer redis)
    {
        var file = new FileInfo(Directory.EnumerateFiles(Path.Combine(redis.Folder, "appendonlydir"), "*.incr.aof").Order(StringComparer.Ordinal).Last());
        var cut = _lot.NextInt64(file.Length / 2);
        using var stream = file.OpenWrite();
        stream.SetLength(stream.Length - cut);
        return cut;
    }
}
