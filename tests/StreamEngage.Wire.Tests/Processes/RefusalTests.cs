using System.Diagnostics;
using StreamEngage.Redis;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>What is wrong at the start is told in one line with the setting and the remedy, in time, and nothing runs.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class RefusalTests(ITestOutputHelper output)
{
    private const string Right = "";
    private static readonly TimeSpan _refusalMax = TimeSpan.FromSeconds(10);

    [ProcessFact]
    public Task AnUnknownSetting_IsRefused() => RefusedAsync(
        _ => (text => text.Replace("tick:", "tikc:", StringComparison.Ordinal), Right), "engine.tikc", "did you mean");

    [ProcessFact]
    public Task AValueOutOfBounds_IsRefused() =>
        RefusedAsync(_ => (text => text.Replace("tick: 50ms", "tick: 50h", StringComparison.Ordinal), Right), "engine.tick", "must be 10ms to 10s");

    [ProcessFact]
    public Task ABrokerThatIsNotThere_IsRefused() =>
        RefusedAsync(deployment => (text => Exchanged(text, deployment.Cluster.Settings.Brokers), Right), "kafka.brokers", "start one, or correct address");

    [ProcessFact]
    public Task ARedisThatIsNotThere_IsRefused() =>
        RefusedAsync(deployment => (text => Exchanged(text, deployment.OwnRedis!.Address), Right), "redis.addresses", "Remedy: start it");

    [ProcessFact]
    public Task AMissingTopic_IsRefused() => RefusedAsync(
        deployment => (text => text.Replace(deployment.Cluster.Settings.QuarantineTopic, "nowhere", StringComparison.Ordinal), Right),
        "kafka.quarantine_topic", "create it");

    [ProcessFact]
    public Task InputTopicsWithDifferentNumbersOfPartitions_AreRefused() => RefusedAsync(
        deployment =>
        {
            var first = deployment.Cluster.Settings.Topics[0];
            deployment.Cluster.CreateAsync($"{first}-wide", deployment.Lanes + 1).GetAwaiter().GetResult();
            return (text => text.Replace($"topics: [{first}]", $"topics: [{first}, {first}-wide]", StringComparison.Ordinal), Right);
        },
        "kafka.topics[1]", "give them the same number");

    [ProcessFact]
    public Task AJournalWithAnotherNumberOfPartitions_IsRefused() => RefusedAsync(
        deployment =>
        {
            var journal = deployment.Cluster.Settings.JournalTopic;
            deployment.Cluster.CreateAsync($"{journal}-narrow", 1).GetAwaiter().GetResult();
            return (text => text.Replace(journal, $"{journal}-narrow", StringComparison.Ordinal), Right);
        },
        "kafka.journal_topic", "give it one a lane");

    [ProcessFact]
    public Task RightsThatDoNotSuffice_AreRefused() => RefusedAsync(
        deployment => (text => text, deployment.OwnRedis!.Ask("ACL SETUSER default -zadd")), "redis.user", "Remedy: the rights of deploy/redis/engine.acl");

    [ProcessFact]
    public Task ARedisThatEvicts_IsRefused() => RefusedAsync(
        deployment => (text => text, deployment.OwnRedis!.Ask("CONFIG SET maxmemory 100mb", "CONFIG SET maxmemory-policy allkeys-lru")),
        "maxmemory-policy", "Remedy: maxmemory-policy noeviction");

    [ProcessFact]
    public Task TopicsToBeMade_WhereNoBrokerIs_AreRefused() => RefusedAsync(
        deployment => (text => Exchanged(text, deployment.Cluster.Settings.Brokers), Right), "kafka.brokers", "start one, or correct address",
        "topics", "--create");

    [ProcessFact]
    public async Task TopicsToBePrinted_WantNoBroker()
    {
        using var deployment = await Deployment.OfAsync(new());
        var file = deployment["nowhere.yaml"];
        await File.WriteAllTextAsync(file, Exchanged(deployment.Settings("nowhere", RedisServer.FreePort()), deployment.Cluster.Settings.Brokers));
        using var printed = ServedProcess.Start(null, "topics", "--config", file);
        Assert.Equal(0, await printed.EndAsync(_refusalMax));
        Assert.All(printed.Lines, line => Assert.StartsWith("kafka-topics.sh --bootstrap-server 127.0.0.1:", line, StringComparison.Ordinal));
        Assert.Equal(5, printed.Lines.Count);
    }

    private static string Exchanged(string text, string address) =>
        text.Replace(address, $"127.0.0.1:{RedisServer.FreePort()}", StringComparison.Ordinal);

    private async Task RefusedAsync(Func<Deployment, (Func<string, string> Change, string Reply)> spoil, string setting, string remedy, params string[] verb)
    {
        using var deployment = await Deployment.OfAsync(new() { BreaksRedis = true });
        var change = spoil(deployment).Change;
        var file = deployment["wrong.yaml"];
        await File.WriteAllTextAsync(file, change(deployment.Settings("wrong", RedisServer.FreePort())));
        var waited = Stopwatch.StartNew();
        using var served = ServedProcess.Start(null, verb.Length == 0 ? ["serve", "--config", file] : [.. verb, "--config", file]);
        var exit = await served.EndAsync(TimeSpan.FromSeconds(60));
        Assert.True(exit == 1, $"ended with {exit}\n{served.Log}");
        Assert.True(waited.Elapsed < _refusalMax, $"after {waited.Elapsed}\n{served.Log}");
        var line = Assert.Single(served.Lines, line => line.Contains(setting, StringComparison.Ordinal));
        Assert.Contains(remedy, line, StringComparison.Ordinal);
        // The file's name and the count of problems may stand before it, and nothing else: no trace of a stack.
        Assert.True(served.Lines.Count <= 2, served.Log);
        output.WriteLine($"{waited.Elapsed.TotalSeconds:0.0} s: {line.Trim()}");
    }
}
