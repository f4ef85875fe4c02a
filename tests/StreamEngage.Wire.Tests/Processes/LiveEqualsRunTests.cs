using System.Text;
using System.Text.Json;
using StreamEngage.Rulebooks;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>
/// A recorded stream through the served engine gives the prompts that it gives through <c>run</c>; and when the store is gone, nothing more.
/// </summary>
[Collection(ProcessesAlone.Name)]
public sealed class LiveEqualsRunTests(ITestOutputHelper output)
{
    private const string Rees46 = "rees46_2019oct_head/2019-Oct-head.csv.gz";

    private static readonly Dictionary<string, string> _rees46Rules = new(StringComparer.Ordinal)
    {
        ["policy.yaml"] = "dedup: 24h\nlateness: 10m\nsession: {gap: 10m}\nchannels: {push: {topic: here}, email: {topic: here}}\n",
        ["cart.yaml"] = """
            trigger: cart
            on: {absence: {of: purchase, after: {event: cart, as: cart}, for: 15m, repeat: restart}}
            decide: {channels: [push], expires: 2h}
            prompt: {data: {price: cart.price, product: cart.product}}
            """,
        ["looks.yaml"] = """
            trigger: looks
            on: {event: view, where: "count(view by product) over 10m >= 3"}
            decide: {channels: [email], cooldown: 10m, reentry: cooldown}
            """,
        ["left.yaml"] = """
            trigger: left
            on: {event: session_end, where: "event.count >= 10"}
            decide: {channels: [push], priority: 90}
            """,
    };

    [ProcessFact]
    public async Task TheShopsStream_InOneLane_GivesThePromptsOfRun() => await ShopAsync(lanes: 1);

    [ProcessFact]
    public async Task TheShopsStream_InFourLanes_GivesThePromptsOfRun() => await ShopAsync(lanes: 4);

    [DatasetProcessFact(Rees46)]
    public async Task Rees46_InFourLanes_GivesThePromptsOfRunOverTheTable()
    {
        var map = Path.Combine(Datasets.RepositoryRoot, "maps", "rees46.yaml");
        using var deployment = await Deployment.OfAsync(new() { Lanes = 4, Time = "records", Rulebook = _rees46Rules, BreaksRedis = true });
        var recording = Recording.OfRows(Datasets.PathOf(Rees46), map);
        await PlayAsync(deployment, recording.Closed(4), await Recording.RunAsync(deployment, Datasets.PathOf(Rees46), map));
    }

    private async Task ShopAsync(int lanes)
    {
        using var deployment = await Deployment.OfAsync(new() { Lanes = lanes, Time = "records", Rulebook = ShopRules(), BreaksRedis = true });
        var shop = deployment["shop.ndjson"];
        // In one lane the clock is the one of the run. Of several each has its own, so that what comes late to one need not to the other.
        using var generate = ServedProcess.Start(null,
            "generate", "--events", "8000", "--users", "400", "--seed", "11", "--late", lanes == 1 ? "0.05" : "0", "--out", shop);
        Assert.Equal(0, await generate.EndAsync(TimeSpan.FromSeconds(60)));
        var recording = Recording.OfFile(shop).Closed(lanes);
        File.WriteAllLines(shop, recording.Lines);
        await PlayAsync(deployment, recording, await Recording.RunAsync(deployment, shop));
    }

    private async Task PlayAsync(Deployment deployment, Recording recording, List<string> run)
    {
        var ends = recording.Play(deployment.Cluster, deployment.Lanes);
        await deployment.Start("one").ReadyAsync();
        await deployment.SettleAsync(ends);
        Assert.Equal(0, Assert.Single(await deployment.TerminateAsync()).Exit);
        var first = Reckoning.Of(deployment);
        first.MustBeRight(exactlyOnce: true, deployment.Logs);
        MustBeSame(run, Prompts(deployment));
        var (replayed, before) = (await ReplayAsync(deployment, ends), Prompts(deployment).Count);
        output.WriteLine($"{recording.Lines.Count} events in {deployment.Lanes} lanes: {run.Count} prompts of run, {before} served; "
            + $"after the store was wiped {replayed} lanes were replayed and nothing more was published");
    }

    /// <summary>How many lanes told that they were built again.</summary>
    private static async Task<int> ReplayAsync(Deployment deployment, IReadOnlyList<long> ends)
    {
        var before = Prompts(deployment);
        Assert.Equal("OK", deployment.OwnRedis!.Ask("FLUSHALL"));
        var replaying = deployment.Start("one");
        await replaying.ReadyAsync();
        await deployment.SettleAsync(ends);
        Assert.Equal(0, (await replaying.TerminateAsync()).Exit);
        Reckoning.Of(deployment).MustBeRight(exactlyOnce: true, replaying.Log);
        Assert.Equal(before, Prompts(deployment));
        return replaying.Lines.Count(line => line.Contains("replayed from the journal", StringComparison.Ordinal));
    }

    /// <summary>In an order of their own: partitions come as they like.</summary>
    private static List<string> Prompts(Deployment deployment) =>
    [
        .. deployment.Cluster.Visible(deployment.Cluster.Prompts, deployment.Lanes)
            .Select(one => Encoding.UTF8.GetString(one.Message.Value)).Order(StringComparer.Ordinal),
    ];

    /// <summary>As sets, by the fields that a line of <c>run</c> has.</summary>
    private void MustBeSame(List<string> run, List<string> served)
    {
        Assert.NotEmpty(run);
        var fields = run.SelectMany(Fields).Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        var extra = served.SelectMany(Fields).Select(field => field.Name).Where(name => !fields.Contains(name)).Distinct().Order(StringComparer.Ordinal);
        output.WriteLine($"only in served prompts: {string.Join(", ", extra)}");
        var (expected, found) = (run.Select(line => Shown(line, fields)).ToList(), served.Select(line => Shown(line, fields)).ToList());
        Assert.True(expected.Count == expected.Distinct().Count(), "run has a line twice");
        var (missing, more) = (expected.Except(found).ToList(), found.Except(expected).ToList());
        Assert.True(missing.Count + more.Count == 0 && found.Count == expected.Count,
            $"of {expected.Count} missing {missing.Count}:\n{string.Join('\n', missing.Take(3))}\nmore {more.Count}:\n{string.Join('\n', more.Take(3))}");
    }

    private static string Shown(string line, HashSet<string> fields) =>
        string.Join(' ', Fields(line).Where(field => fields.Contains(field.Name)).Select(field => $"{field.Name}={field.Value}"));

    private static List<(string Name, string Value)> Fields(string line)
    {
        using var json = JsonDocument.Parse(line);
        return [.. json.RootElement.EnumerateObject().Select(field => (field.Name, field.Value.GetRawText()))];
    }

    private static Dictionary<string, string> ShopRules()
    {
        var folder = Path.Combine(Datasets.RepositoryRoot, "rulebooks", "shop");
        return (from file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                let name = Path.GetRelativePath(folder, file).Replace('\\', '/')
                where RulebookFiles.Concerns(name)
                select KeyValuePair.Create(name, File.ReadAllText(file))).ToDictionary(StringComparer.Ordinal);
    }
}
