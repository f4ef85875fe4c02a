using System.Diagnostics;
using System.Text.Json;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>Another rulebook by way of the admin port, while people click.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class PublicationTests(ITestOutputHelper output)
{
    private const string Token = "operator-token-of-thirty-two-char";
    private const string Bought = "trigger: bought\non: {event: purchase}\ndecide: {channels: [push], reentry: always}\n";

    [ProcessFact]
    public async Task APublishedRulebook_IsInForceInEveryLaneAndAfterARestart()
    {
        using var deployment = await Deployment.OfAsync(new() { Lanes = 2, OperatorToken = Token });
        await deployment.Start("one").ReadyAsync();
        await using var traffic = new Traffic(deployment.Cluster, deployment.Lanes, seed: 5, clicksPerSecond: 50);
        var files = Directory.EnumerateFiles(deployment.Rules).ToDictionary(file => Path.GetFileName(file), File.ReadAllText);
        files["bought.yaml"] = Bought;
        using var client = new HttpClient { BaseAddress = deployment.Admin };
        client.DefaultRequestHeaders.Authorization = new("Bearer", Token);

        using var body = new StringContent(JsonSerializer.Serialize(new { files }));
        var began = Stopwatch.StartNew();
        using var answer = await client.PutAsync("/rulebook", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode == 202, $"{text}\n{deployment.Logs}");
        var version = JsonDocument.Parse(text).RootElement.GetProperty("version").GetString()!;
        await InForceAsync(client, deployment, version);
        output.WriteLine($"in force in {deployment.Lanes} lanes after {began.ElapsedMilliseconds} ms");
        await PromptedAsync(deployment);

        await deployment.SettleAsync(await traffic.EndAsync());
        var (exit, _) = await deployment.Instances["one"].TerminateAsync();
        Assert.Equal(0, exit);
        await deployment.Start("one").ReadyAsync();
        using var again = new HttpClient { BaseAddress = deployment.Admin };
        again.DefaultRequestHeaders.Authorization = new("Bearer", Token);
        await InForceAsync(again, deployment, version);
        Assert.Contains(deployment.Instances["one"].Lines, line => line.Contains("goes on with the rulebook that was published", StringComparison.Ordinal));
        var shown = await again.GetStringAsync("/rulebook");
        Assert.Contains("bought", shown, StringComparison.Ordinal);
        var end = await deployment.TerminateAsync();
        Assert.All(end, one => Assert.Equal(0, one.Exit));

        using var replay = ServedProcess.Start(null, "replay", "--config", deployment["one.yaml"]);
        Assert.True(await replay.EndAsync(TimeSpan.FromSeconds(60)) == 0, replay.Log);
        output.WriteLine(replay.Log);
    }

    private static async Task InForceAsync(HttpClient client, Deployment deployment, string version)
    {
        var shown = "";
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(50))
        {
            shown = await client.GetStringAsync("/lanes");
            using var lanes = JsonDocument.Parse(shown);
            var versions = lanes.RootElement.GetProperty("lanes").EnumerateArray().Select(lane => lane.GetProperty("rulebook").GetString()).ToList();
            if (versions.Count == deployment.Lanes && versions.TrueForAll(one => one == version)) return;
        }
        Assert.Fail($"{version} is not in force: {shown}\n{deployment.Logs}");
    }

    private static async Task PromptedAsync(Deployment deployment)
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < TimeSpan.FromSeconds(30); await Task.Delay(200))
        {
            var prompts = deployment.Cluster.Visible(deployment.Cluster.Prompts, deployment.Lanes);
            if (prompts.Any(prompt => prompt.Message.Value.AsSpan().IndexOf("\"trigger\":\"bought\""u8) >= 0)) return;
        }
        Assert.Fail($"nobody was prompted by the new rulebook\n{deployment.Logs}");
    }
}
