using System.Text.Json;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>Counts over a real clickstream that a query over the same file gives.</summary>
public sealed class RunRees46Tests : IDisposable
{
    private const string Rees46 = "rees46_2019oct_head/2019-Oct-head.csv.gz";

    private readonly RunFolder _folder = new();

    [DatasetTheory(Rees46)]
    [InlineData(5, 63, 51)]
    [InlineData(10, 54, 37)]
    [InlineData(15, 53, 26)]
    [InlineData(30, 53, 1)]
    public void AbandonedCarts_AreThoseOfTheFile(int minutes, int drained, int pending)
    {
        var rule = RunFolder.CartRule.Replace("cart_add", "cart", StringComparison.Ordinal);
        _folder.Write("rules/cart.yaml", rule.Replace("30m", $"{minutes}m", StringComparison.Ordinal));
        Assert.Equal(drained, Sent());
        Assert.Equal(pending, Sent("--no-drain"));
    }

    [DatasetTheory(Rees46)]
    [InlineData("", 4_518)]
    [InlineData("session: {gap: 5m}\n", 4_839)]
    public void Sessions_AreThoseOfTheFile(string policy, int sessions)
    {
        _folder.Write("rules/start.yaml", "trigger: start\nversion: 1\non: {event: session_start}\ndecide: {channels: [push]}\nprompt: {data: {}}\n");
        if (policy.Length > 0) _folder.Write("rules/policy.yaml", policy);
        Assert.Equal(sessions, Summary().GetProperty("candidates").GetInt32());
    }

    public void Dispose() => _folder.Dispose();

    private int Sent(params string[] more)
    {
        var sent = Summary(more).GetProperty("sent").GetInt32();
        Assert.Equal(sent, File.ReadLines(_folder["prompts.ndjson"]).Count());
        return sent;
    }

    private JsonElement Summary(params string[] more)
    {
        var map = Path.Combine(Datasets.RepositoryRoot, "maps", "rees46.yaml");
        var run = CommandRun.Of(["run", "--rules", _folder.Rules, "--events", Datasets.PathOf(Rees46), "--map", map,
            "--prompts", _folder["prompts.ndjson"], "--quarantine", _folder["bad.ndjson"], "--json", .. more]);
        // The file's last row is cut off: refused, and everything else done all the same.
        Assert.Equal(1, run.Exit);
        var bad = JsonDocument.Parse(Assert.Single(File.ReadLines(_folder["bad.ndjson"]))).RootElement;
        Assert.Equal((17_436, "cut-row"), (bad.GetProperty("line").GetInt32(), bad.GetProperty("reason").GetString()));
        return JsonDocument.Parse(run.Output).RootElement;
    }
}
