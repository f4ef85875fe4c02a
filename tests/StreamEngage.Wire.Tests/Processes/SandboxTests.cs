using System.Diagnostics;
using System.Text.RegularExpressions;
using StreamEngage.Kafka;
using StreamEngage.Redis;

namespace StreamEngage.Processes;

/// <summary>The verb <c>sandbox</c>: it ends by itself, prompts come out, and what it keeps is what <c>serve</c> wants.</summary>
[Collection(ProcessesAlone.Name)]
public sealed partial class SandboxTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamengage-kept-").FullName;

    [ProcessFact]
    public async Task WhatIsKept_IsServedOnOtherServers()
    {
        var kept = Path.Combine(_folder, "mine");
        using var deployment = await Deployment.OfAsync(new() { Kind = ClusterKind.Mock });
        using (var sandbox = ServedProcess.Start(null, "sandbox", "--duration", "2s", "--rules", deployment.Rules, "--keep", kept))
        {
            Assert.True(await sandbox.EndAsync(TimeSpan.FromSeconds(90)) == 0, sandbox.Log);
            Assert.Matches("^sandbox: [0-9]+ events in, [0-9]+ prompts out$", sandbox.Lines[^1]);
        }

        var file = Path.Combine(kept, "streamengage.yaml");
        var (text, mock) = (await File.ReadAllTextAsync(file), deployment.Cluster.Mock!);
        text = Brokers().Replace(text, $"brokers: {mock.Brokers}");
        text = Redis().Replace(text, $"addresses: [\"{deployment.OwnRedis!.Address}\"]");
        var port = RedisServer.FreePort();
        await File.WriteAllTextAsync(file, $"{text}observe: {{port: {port}}}\n");
        foreach (var topic in (string[])["behavior.events", "streamengage.exchange", "streamengage.journal", "streamengage.quarantine"])
            mock.CreateTopic(topic, 2);
        using var served = ServedProcess.Start(new($"http://127.0.0.1:{port}"), "serve", "--config", file);
        await served.ReadyAsync();
        Assert.Equal(0, (await served.TerminateAsync()).Exit);
    }

    [ProcessFact]
    public async Task WhatIsClicked_IsPromptedFor()
    {
        var rules = Directory.CreateDirectory(Path.Combine(_folder, "rules")).FullName;
        await File.WriteAllTextAsync(Path.Combine(rules, "policy.yaml"), "channels: {push: {topic: here}}\n");
        await File.WriteAllTextAsync(Path.Combine(rules, "viewed.yaml"), "trigger: viewed\non: {event: view}\ndecide: {channels: [push]}\n");
        using var sandbox = ServedProcess.Start(null, "sandbox", "--duration", "forever", "--rules", rules);
        for (var waited = Stopwatch.StartNew(); !sandbox.Lines.Any(IsPrompt); await Task.Delay(100))
            Assert.True(waited.Elapsed < Deployment.Patience && sandbox.IsRunning, sandbox.Log);

        static bool IsPrompt(string line) =>
            line.StartsWith("here {", StringComparison.Ordinal) && line.Contains("\"trigger\":\"viewed\"", StringComparison.Ordinal);
    }

    [ProcessFact]
    public async Task AFolderWithSomethingInIt_IsLeftAsItIs()
    {
        var file = Path.Combine(_folder, "streamengage.yaml");
        await File.WriteAllTextAsync(file, "changed by hand");
        using var sandbox = ServedProcess.Start(null, "sandbox", "--duration", "5s", "--keep", _folder);
        Assert.Equal(1, await sandbox.EndAsync(TimeSpan.FromSeconds(60)));
        Assert.Contains("there is something in it", Assert.Single(sandbox.Lines), StringComparison.Ordinal);
        Assert.Equal("changed by hand", await File.ReadAllTextAsync(file));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [GeneratedRegex("brokers: .*")]
    private static partial Regex Brokers();

    [GeneratedRegex("addresses: .*")]
    private static partial Regex Redis();
}
