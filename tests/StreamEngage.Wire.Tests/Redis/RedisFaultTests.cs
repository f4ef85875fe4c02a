using System.Diagnostics;
using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>What a Redis does that dies, is full, is no master any more, or does not answer.</summary>
public sealed class RedisFaultTests
{
    [OwnRedisFact]
    public async Task AServerKilledAndStartedAgain_HasWholeSteps_AndTheSameConnectionGoesOn()
    {
        using var server = RedisServer.Start("--appendonly", "yes", "--appendfsync", "everysec");
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        for (var step = 1; step <= 50; step++) await Prepare(instance, step);
        server.Kill();
        await Assert.ThrowsAsync<StoreFailedException>(() => Prepare(instance, 51));
        server.Restart();
        var mark = await Given.Eventually(() => instance.Store.LookAsync(0, Given.Never));
        // A killed process loses nothing that the system has; only a machine's crash loses the last second.
        Assert.Equal(new("token", 50), mark);
        Assert.Equal(PrepareVerdict.Prepared, await Prepare(instance, 51));
    }

    [OwnRedisFact]
    public async Task AnAppendOnlyFileCutAnywhere_LeavesAStepWholeOrNotAtAll()
    {
        const int steps = 40, cuts = 8;
        using var server = RedisServer.Start("--appendonly", "yes", "--appendfsync", "always", "--aof-use-rdb-preamble", "no");
        var settings = server.Settings;
        await using (var writer = new Instance(settings))
        {
            await writer.Store.AcquireAsync(0, "token", Given.Never);
            for (var step = 1; step <= steps; step++) await Prepare(writer, step);
        }
        server.Kill();
        var random = new Random(7);
        for (var cut = 0; cut < cuts; cut++)
        {
            Cut(server.Folder, random);
            server.Restart();
            await using var reader = new Instance(settings);
            var lane = await reader.Store.AcquireAsync(0, "reader", Given.Never);
            await AssertWhole(reader, lane);
            server.Kill();
        }
    }

    [OwnRedisFact]
    public async Task AFullServer_RefusesTheStepWhole()
    {
        using var server = RedisServer.Start("--maxmemory-policy", "noeviction", "--enable-debug-command", "yes");
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        await Prepare(instance, 1);
        var before = server.Everything();
        server.Ask("CONFIG SET maxmemory 1");
        var step = Given.Step(2, [Given.Write("ann", "", null), Given.Write("bob", "b", 5)], [Given.Entry("p", 1)], "prompt 1");
        for (var retry = 0; retry < 20; retry++)
            Assert.Equal(PrepareVerdict.Refused, await instance.Store.PrepareAsync(0, "token", step, Given.Never));
        await Assert.ThrowsAsync<StoreFailedException>(() => instance.Store.AcquireAsync(0, "other", Given.Never));
        Assert.Equal(before, server.Everything());
        Assert.Equal(new("token", 1), await instance.Store.LookAsync(0, Given.Never));
        server.Ask("CONFIG SET maxmemory 0");
        Assert.Equal(PrepareVerdict.Prepared, await instance.Store.PrepareAsync(0, "token", step, Given.Never));
    }

    [OwnRedisFact]
    public async Task AServerThatFillsUpUnderSteps_HasWholeStepsOnly()
    {
        using var server = RedisServer.Start("--maxmemory-policy", "noeviction");
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        server.Ask($"CONFIG SET maxmemory {long.Parse(server.Ask("INFO memory").Split('\n').First(line => line.StartsWith("used_memory:", StringComparison.Ordinal))[12..]) + 500_000}");
        var step = 1;
        while (await Prepare(instance, step, users: 200) == PrepareVerdict.Prepared) step++;
        Assert.InRange(step, 2, 1_000);
        server.Ask("CONFIG SET maxmemory 0");
        var lane = await instance.Store.AcquireAsync(0, "token", Given.Never);
        Assert.Equal(step - 1, lane.Step);
        await AssertWhole(instance, lane, users: 200);
    }

    [OwnRedisFact]
    public async Task AServerThatBecameAReplica_RefusesOrFails_AndWritesNothing()
    {
        using var server = RedisServer.Start("--enable-debug-command", "yes");
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        await Prepare(instance, 1);
        var before = server.Everything();
        // Of a master that is not there, so that it keeps what it has.
        server.Ask($"REPLICAOF 127.0.0.1 {RedisServer.FreePort()}");
        // The first step that reaches it is refused; then the client knows that there is no master, and fails without asking.
        Assert.Equal(PrepareVerdict.Refused, await Prepare(instance, 2));
        for (var retry = 0; retry < 20; retry++) Assert.True(await IsRefusedOrFails(instance, 2));
        Assert.Equal(before, server.Everything());
        server.Ask("REPLICAOF NO ONE");
        Assert.Equal(PrepareVerdict.Prepared, await Given.Eventually(() => Prepare(instance, 2)));
    }

    [OwnRedisFact]
    public async Task AReplicaThatServesNothingStale_Refuses()
    {
        using var server = RedisServer.Start("--replica-serve-stale-data", "no");
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        server.Ask($"REPLICAOF 127.0.0.1 {RedisServer.FreePort()}");
        Assert.Equal(PrepareVerdict.Refused, await Prepare(instance, 1));
    }

    [OwnRedisFact]
    public async Task AServerWhoseSnapshotsFail_RefusesTheStepWhole()
    {
        using var server = RedisServer.Start("--stop-writes-on-bgsave-error", "yes");
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        server.Ask("CONFIG SET save \"3600 1000000\"");
        Directory.Delete(server.Folder, recursive: true);
        server.Ask("BGSAVE");
        await Given.Until(() => server.Ask("INFO persistence").Contains("rdb_last_bgsave_status:err", StringComparison.Ordinal));
        Assert.Equal(PrepareVerdict.Refused, await Prepare(instance, 1));
        server.Ask("CONFIG SET save \"\"");
        Assert.Equal(PrepareVerdict.Prepared, await Prepare(instance, 1));
    }

    [OwnRedisFact]
    public async Task AServerWithTooFewReplicas_RefusesTheStepWhole()
    {
        using var server = RedisServer.Start();
        await using var instance = new Instance(server.Settings);
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        server.Ask("CONFIG SET min-replicas-to-write 1");
        Assert.Equal(PrepareVerdict.Refused, await Prepare(instance, 1));
        server.Ask("CONFIG SET min-replicas-to-write 0");
        Assert.Equal(PrepareVerdict.Prepared, await Prepare(instance, 1));
    }

    [OwnRedisFact]
    public async Task AServerThatDoesNotAnswer_IsAFailureInTime_AndTheStepIsThereAlreadyLater()
    {
        using var server = RedisServer.Start();
        await using var instance = new Instance(server.Settings with { CommandTimeout = TimeSpan.FromMilliseconds(300) });
        await instance.Store.AcquireAsync(0, "token", Given.Never);
        server.Signal("STOP");
        var waited = Stopwatch.StartNew();
        await Assert.ThrowsAsync<StoreFailedException>(() => Prepare(instance, 1));
        Assert.InRange(waited.Elapsed.TotalMilliseconds, 250, 3_000);
        server.Signal("CONT");
        Assert.Equal(PrepareVerdict.Already, await Given.Eventually(() => Prepare(instance, 1)));
    }

    [Fact]
    public async Task NoServer_IsAFailureInTime()
    {
        await using var instance = new Instance(new() { Addresses = [$"127.0.0.1:{RedisServer.FreePort()}"], ConnectTimeout = TimeSpan.FromSeconds(1) });
        var waited = Stopwatch.StartNew();
        await Assert.ThrowsAsync<StoreFailedException>(() => instance.Store.LookAsync(0, Given.Never));
        Assert.True(waited.Elapsed < TimeSpan.FromSeconds(8), $"took {waited.Elapsed}");
    }

    [OwnRedisFact]
    public async Task AStepThatTooFewReplicasHave_IsAFailure_AlsoWhenItIsTriedAgain()
    {
        using var master = RedisServer.Start();
        using var replica = RedisServer.Start("--replicaof", "127.0.0.1", $"{master.Port}");
        await Given.Until(() => replica.Ask("INFO replication").Contains("master_link_status:up", StringComparison.Ordinal));
        var settings = master.Settings with { WaitReplicas = 1, WaitMilliseconds = 2_000 };
        await using (var instance = new Instance(settings))
        {
            await instance.Store.AcquireAsync(0, "token", Given.Never);
            Assert.Equal(PrepareVerdict.Prepared, await Prepare(instance, 1));
            replica.Signal("STOP");
            await Assert.ThrowsAsync<StoreFailedException>(() => Prepare(instance, 2));
        }
        // Over a new connection too: it must not count what it has not written itself as acknowledged.
        await using (var instance = new Instance(settings)) await Assert.ThrowsAsync<StoreFailedException>(() => Prepare(instance, 2));
        replica.Signal("CONT");
        await using (var instance = new Instance(settings)) Assert.Equal(PrepareVerdict.Already, await Given.Eventually(() => Prepare(instance, 2)));
    }

    private static Task<PrepareVerdict> Prepare(Instance instance, int step, int users = 3) =>
        instance.Store.PrepareAsync(0, "token", Whole(step, users), Given.Never);

    private static async Task<bool> IsRefusedOrFails(Instance instance, int step)
    {
        try
        {
            return await Prepare(instance, step) == PrepareVerdict.Refused;
        }
        catch (StoreFailedException)
        {
            return true;
        }
    }

    // Every step writes the same users, so that what a lane says of its step can be held against each of them.
    private static StepWrite Whole(int step, int users) => Given.Step(
        step,
        [.. Enumerable.Range(0, users).Select(i => Given.Write($"user {i}", $"at {step}", step)), Given.Write($"only {step}", new string('x', 4_000))],
        [Given.Entry($"prompt {step}", step)], $"prompt {step - 1}");

    private static async Task AssertWhole(Instance instance, LaneRecord lane, int users = 3)
    {
        var names = Enumerable.Range(0, users).Select(i => Given.User($"user {i}")).ToArray();
        var loaded = await instance.Store.LoadAsync(0, [.. names, Given.User($"only {lane.Step}"), Given.User($"only {lane.Step + 1}")], long.MaxValue >> 12, 1_000, Given.Never);
        var expected = lane.Step == 0 ? default : (ReadOnlyMemory<byte>)Given.Bytes($"at {lane.Step}");
        Assert.All(loaded.Records.Take(users), record => Assert.Equal(Given.Text(expected), Given.Text(record)));
        Assert.Equal(lane.Step == 0, loaded.Records[users].IsEmpty);
        Assert.True(loaded.Records[users + 1].IsEmpty);
        Assert.Equal(lane.Step == 0 ? 0 : users, loaded.Due.Count);
        Assert.All(loaded.Due, due => Assert.Equal(lane.Step, due.Due));
        Assert.Equal(lane.Step == 0 ? [] : [$"prompt {lane.Step}"], lane.Outbox.Select(entry => entry.Key));
        Assert.Equal(lane.Step == 0 ? "" : Given.Text(Given.Bytes($"head {lane.Step}")), Given.Text(lane.Head));
    }

    private static void Cut(string folder, Random random)
    {
        var file = Directory.EnumerateFiles(folder, "*.incr.aof", SearchOption.AllDirectories).OrderBy(name => name, StringComparer.Ordinal).Last();
        using var stream = File.OpenWrite(file);
        stream.SetLength(Math.Max(0, stream.Length - random.Next(1, 12_000)));
    }
}
