using StreamEngage.Steps;

namespace StreamEngage.Redis;

/// <summary>Three masters: each lane is at the node that has its slot, wherever that goes.</summary>
public sealed class RedisClusterTests
{
    private const int Lanes = 12;

    [OwnRedisFact]
    public async Task EachLane_IsAtTheNodeOfItsSlot_AndTheNodesShareThemEvenly()
    {
        using var cluster = await RedisCluster.StartAsync(nodes: 3);
        Assert.Empty(await RedisSelfTest.RunAsync(cluster.Settings, TimeProvider.System, Given.Never));
        var settings = cluster.Settings;
        await using var instance = new Instance(settings, Lanes);
        for (var lane = 0; lane < Lanes; lane++)
        {
            await StepAsync(instance, lane, 1);
            Assert.Equal("6131 6231 due ann@5:6131",
                Given.Text(await instance.Store.LoadAsync(lane, [Given.User("ann"), Given.User("bob")], 9, 9, Given.Never)));
        }
        var placed = cluster.Nodes.ToDictionary(node => node, _ => new List<int>());
        for (var lane = 0; lane < Lanes; lane++)
        {
            var tag = LaneKeys.Of(settings.Prefix, lane, Lanes).Tag;
            var holding = cluster.Nodes.Where(node => Keys(node).Contains($"{{{tag}}}:meta")).ToList();
            Assert.Equal([cluster.NodeOf(KeySlot.Of(Given.Bytes(tag)))], holding);
            // Its users, timers and what waits to be published are there with it.
            Assert.Equal(5, Keys(holding[0]).Count(key => key.StartsWith($"{{{tag}}}:", StringComparison.Ordinal)));
            placed[holding[0]].Add(lane);
        }
        Assert.All(placed.Values, lanes => Assert.Equal(Lanes / 3, lanes.Count));
        foreach (var script in (RedisScript[])[RedisScript.Acquire, RedisScript.Load, RedisScript.Prepare])
            Assert.All(cluster.Nodes, node => Assert.Equal("1", node.Ask($"SCRIPT EXISTS {Convert.ToHexStringLower(script.Hash)}")));
    }

    [OwnRedisFact]
    public async Task ASlotThatMovesToAnotherNode_TakesItsLaneAlong()
    {
        using var cluster = await RedisCluster.StartAsync(nodes: 3);
        var settings = cluster.Settings;
        await using var instance = new Instance(settings, Lanes);
        for (var lane = 0; lane < Lanes; lane++) await StepAsync(instance, lane, 1);
        var tag = LaneKeys.Of(settings.Prefix, 0, Lanes).Tag;
        var slot = KeySlot.Of(Given.Bytes(tag));
        var (from, to) = (cluster.NodeOf(slot), cluster.Nodes[2]);
        Assert.NotEqual(from, to);

        Assert.Equal("OK", to.Ask($"CLUSTER SETSLOT {slot} IMPORTING {RedisCluster.NameOf(from)}"));
        Assert.Equal("OK", from.Ask($"CLUSTER SETSLOT {slot} MIGRATING {RedisCluster.NameOf(to)}"));
        // Half of the lane is here and half there: a step is refused whole, or the store fails; another lane's goes on.
        Assert.Equal("OK", from.Ask($"MIGRATE 127.0.0.1 {to.Port} {{{tag}}}:meta 0 5000"));
        Assert.NotEqual(PrepareVerdict.Prepared, await TryAsync(instance, 0, 2));
        await StepAsync(instance, 1, 2);
        foreach (var key in Keys(from).Where(key => key.StartsWith($"{{{tag}}}:", StringComparison.Ordinal)))
            Assert.Equal("OK", from.Ask($"MIGRATE 127.0.0.1 {to.Port} {key} 0 5000"));
        // All of it is there, and the slot still is not: the client is sent on.
        await StepAsync(instance, 0, 2);
        foreach (var node in (RedisServer[])[to, from]) Assert.Equal("OK", node.Ask($"CLUSTER SETSLOT {slot} NODE {RedisCluster.NameOf(to)}"));
        await StepAsync(instance, 0, 3);

        Assert.DoesNotContain(Keys(from), key => key.StartsWith($"{{{tag}}}:", StringComparison.Ordinal));
        Assert.Contains(Keys(to), key => key == $"{{{tag}}}:meta");
        Assert.Equal(3, (await instance.Store.LookAsync(0, Given.Never)).Step);
        Assert.Equal(["p1", "p2", "p3"], (await instance.Store.AcquireAsync(0, "next", Given.Never)).Outbox.Select(entry => entry.Key));
    }

    [OwnRedisFact]
    public async Task ANodeThatIsKilledAndComesBack_HasItsLanes_AndAllGoOn()
    {
        using var cluster = await RedisCluster.StartAsync(nodes: 3);
        await using var instance = new Instance(cluster.Settings, Lanes);
        for (var lane = 0; lane < Lanes; lane++) await StepAsync(instance, lane, 1);
        cluster.Nodes[1].Kill();
        // Lane 6 is in the middle third of the slots.
        await Assert.ThrowsAsync<StoreFailedException>(() => instance.Store.LookAsync(6, Given.Never));
        cluster.Nodes[1].Restart();
        await cluster.WholeAsync();
        for (var lane = 0; lane < Lanes; lane++)
        {
            await StepAsync(instance, lane, 2);
            Assert.Equal(["p1", "p2"], (await instance.Store.AcquireAsync(lane, "next", Given.Never)).Outbox.Select(entry => entry.Key));
        }
    }

    /// <summary>A step of two users, one of whom is due, and a prompt; what was not written is tried again, as a lane does.</summary>
    private static async Task StepAsync(Instance instance, int lane, long number)
    {
        var verdict = await Given.Eventually(async () =>
            await WriteAsync(instance, lane, number) is var one && one != PrepareVerdict.Refused ? one : throw new StoreFailedException("refused"));
        Assert.True(verdict is PrepareVerdict.Prepared or PrepareVerdict.Already, $"lane {lane}, step {number}: {verdict}");
    }

    /// <summary>Null: the store failed.</summary>
    private static async Task<PrepareVerdict?> TryAsync(Instance instance, int lane, long number)
    {
        try
        {
            return await WriteAsync(instance, lane, number);
        }
        catch (StoreFailedException)
        {
            return null;
        }
    }

    private static async Task<PrepareVerdict> WriteAsync(Instance instance, int lane, long number)
    {
        if (number == 1) await instance.Store.AcquireAsync(lane, "token", Given.Never);
        var step = Given.Step(number, [Given.Write("ann", $"a{number}", 5), Given.Write("bob", $"b{number}")], [Given.Entry($"p{number}", number)]);
        return await instance.Store.PrepareAsync(lane, "token", step, Given.Never);
    }

    private static string[] Keys(RedisServer node) => node.Ask("KEYS *").Split('\n');
}
