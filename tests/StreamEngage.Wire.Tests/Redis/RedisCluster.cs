using System.Globalization;

namespace StreamEngage.Redis;

/// <summary>Masters of one cluster, each with an even share of the slots.</summary>
internal sealed class RedisCluster : IDisposable
{
    private RedisCluster(IReadOnlyList<RedisServer> nodes) => Nodes = nodes;

    public IReadOnlyList<RedisServer> Nodes { get; }

    /// <summary>One address: the client has to find the other nodes.</summary>
    public RedisSettings Settings => Nodes[0].Settings;

    public static async Task<RedisCluster> StartAsync(int nodes)
    {
        var busPorts = Enumerable.Range(0, nodes).Select(_ => RedisServer.FreePort()).ToList();
        var cluster = new RedisCluster([.. busPorts.Select(StartNode)]);
        var first = cluster.Nodes[0];
        for (var node = 0; node < nodes; node++)
        {
            var (from, to) = (node * KeySlot.Slots / nodes, (node + 1) * KeySlot.Slots / nodes - 1);
            var server = cluster.Nodes[node];
            Assert.Equal("OK", server.Ask($"CLUSTER ADDSLOTSRANGE {from} {to}"));
            // Else two that meet have the same epoch, and sort it out in their own time.
            Assert.Equal("OK", server.Ask($"CLUSTER SET-CONFIG-EPOCH {node + 1}"));
            if (node > 0) Assert.Equal("OK", server.Ask($"CLUSTER MEET 127.0.0.1 {first.Port} {busPorts[0]}"));
        }
        await cluster.WholeAsync();
        return cluster;
    }

    /// <summary>A node of a cluster, on a port for the other nodes that is free: the usual one, 10,000 higher, may not even exist.</summary>
    public static RedisServer StartNode(int busPort) => RedisServer.Start(
        "--cluster-enabled", "yes", "--cluster-port", $"{busPort}", "--cluster-node-timeout", "2000", "--appendonly", "yes", "--appendfsync", "always");

    /// <summary>Every node knows all others, and that all slots are served.</summary>
    public Task WholeAsync() => Given.Until(() => Nodes.All(node => node.Ask("CLUSTER INFO") is var info
        && info.Contains("cluster_state:ok", StringComparison.Ordinal)
        && info.Contains($"cluster_size:{Nodes.Count}", StringComparison.Ordinal)
        && info.Contains($"cluster_known_nodes:{Nodes.Count}", StringComparison.Ordinal)));

    /// <summary>Which node has a slot, as the nodes see it.</summary>
    public RedisServer NodeOf(int slot) => Nodes.Single(node => Nodes[0].Ask("CLUSTER SLOTS") is var slots && IsAt(slots, slot, node.Port));

    public static string NameOf(RedisServer node) => node.Ask("CLUSTER MYID");

    public void Dispose()
    {
        foreach (var node in Nodes) node.Dispose();
    }

    // As the reply is read: from, to, address, port, name and what else there is of each range, a line each.
    private static bool IsAt(string slots, int slot, int port)
    {
        var lines = slots.Split('\n');
        for (var line = 0; line + 3 < lines.Length; line++)
            if (lines[line + 2] == "127.0.0.1" && Number(lines[line]) <= slot && slot <= Number(lines[line + 1])) return Number(lines[line + 3]) == port;
        return false;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
