using System.Text.Json;

namespace StreamEngage.Processes;

/// <summary>The verb <c>replay</c> on what an instance left behind: all right; then a user changed in the store, and a prompt that nobody decided.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class ReplayTests
{
    [ProcessFact]
    public async Task WhatTheEngineLeft_IsMadeAgain_AndADifferenceIsFound()
    {
        using var deployment = await Deployment.OfAsync(new() { UserRate = "{events_per_second: 1, burst: 3}", BreaksRedis = true });
        var instance = deployment.Start("one");
        await instance.ReadyAsync();
        await using var traffic = new Traffic(deployment.Cluster, deployment.Lanes, seed: 5, clicksPerSecond: 100);
        await Task.Delay(3_000);
        await deployment.SettleAsync(await traffic.EndAsync());
        Assert.Equal(0, (await instance.TerminateAsync()).Exit);

        Assert.True(Reckoning.Of(deployment).Overflowed > 0, "nobody sent more than one may");
        var (exit, right) = await ReplayAsync(deployment);
        Assert.True(exit == 0 && right.GetProperty("isRight").GetBoolean(), $"{right}\n{deployment.Logs}");
        Assert.True(right.GetProperty("prompts").GetProperty("visible").GetInt32() > 0);
        var lanes = right.GetProperty("lanes").EnumerateArray().ToList();
        Assert.Equal(deployment.Lanes, lanes.Count);
        Assert.All(lanes, lane => Assert.Equal(JsonValueKind.Null, lane.GetProperty("notCompared").ValueKind));
        Assert.True(lanes.Sum(lane => lane.GetProperty("users").GetInt32()) > 0);

        var user = deployment.OwnRedis!.Ask("KEYS *:u:*").Split('\n')[0].Trim();
        Assert.Equal("OK", deployment.OwnRedis.Ask($"SET {user} broken"));
        await deployment.Cluster.ForgeAsync("""{"promptId":"0123","kind":"send"}""");
        (exit, var wrong) = await ReplayAsync(deployment);
        Assert.Equal(1, exit);
        Assert.Single(wrong.GetProperty("lanes").EnumerateArray().SelectMany(lane => lane.GetProperty("differing").EnumerateArray()));
        Assert.Equal(["0123/send"], wrong.GetProperty("prompts").GetProperty("phantom").EnumerateArray().Select(key => key.GetString()));
    }

    private static async Task<(int? Exit, JsonElement Json)> ReplayAsync(Deployment deployment)
    {
        using var replay = ServedProcess.Start(null, "replay", "--config", deployment["one.yaml"], "--json");
        var exit = await replay.EndAsync(TimeSpan.FromSeconds(60));
        var line = replay.Lines.LastOrDefault(text => text.StartsWith('{'));
        return (exit, line is null ? throw new InvalidOperationException(replay.Log) : JsonDocument.Parse(line).RootElement);
    }
}
