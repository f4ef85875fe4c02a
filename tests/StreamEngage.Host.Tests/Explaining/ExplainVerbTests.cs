using System.Text.Json;
using StreamEngage.Host.Tests.Verbs;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Tests.Explaining;

public sealed class ExplainVerbTests : IDisposable
{
    private readonly RunFolder _folder = new RunFolder().Write("rules/cart.yaml", RunFolder.CartRule + "\nif: cart.price > 1000000\n");

    [Fact]
    public void Text_ShowsTimelineGatesValuesAndTheChange()
    {
        var run = Explain("--user", FirstUser(), "--trigger", "cart-abandonment");
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        string[] parts =
        [
            "suppressed, predicate", "timeline", "* 2026-", "FAILED  predicate", "cart.price = ", "smallest change: it would be sent if the rule said",
        ];
        foreach (var part in parts)
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_HasTheDecisionOfTheRun()
    {
        var run = Explain("--user", FirstUser(), "--json");
        var one = JsonDocument.Parse(run.Output).RootElement.GetProperty("explanations")[0];
        Assert.Equal(LastDecision(FirstUser()), one.GetProperty("decision").GetRawText());
        Assert.Equal("rule", one.GetProperty("flips")[0].GetProperty("changes")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public void At_TakesTheDecisionAtOrBeforeIt_AndNoneBeforeTheFirst()
    {
        var user = FirstUser();
        var first = JsonDocument.Parse(Decisions(user)[0]).RootElement.GetProperty("at").GetInt64();
        Assert.Contains($"{first}", Explain("--user", user, "--at", $"{first}", "--json").Output, StringComparison.Ordinal);
        var none = Explain("--user", user, "--trigger", "cart-abandonment", "--at", $"{first - 1}");
        Assert.Contains("no candidate for", none.Output, StringComparison.Ordinal);
    }

    /// <summary>A deadline due exactly at the change is the new rulebook's.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void Change_ExplainsADecisionUnderTheVersionInForce(int after, bool isUnderTheNext)
    {
        var user = FirstUser();
        var at = JsonDocument.Parse(Decisions(user)[0]).RootElement.GetProperty("at").GetInt64();
        _folder.Write("next/cart.yaml", RunFolder.CartRule);
        var change = $"{at + after}={_folder["next"]}";
        CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["shop.ndjson"], "--ingest-time", "none", "--prompts", _folder["p2.ndjson"],
            "--decisions", _folder["d2.ndjson"], "--change", change);
        var made = File.ReadLines(_folder["d2.ndjson"]).Single(line =>
            JsonDocument.Parse(line).RootElement is var one && one.GetProperty("user").GetString() == user && one.GetProperty("at").GetInt64() == at);
        string[] asked = ["--user", user, "--trigger", "cart-abandonment", "--at", $"{at}", "--change", change];
        var json = JsonDocument.Parse(Explain([.. asked, "--json"]).Output).RootElement.GetProperty("explanations")[0];
        Assert.Equal(made, json.GetProperty("decision").GetRawText());
        Assert.Equal(isUnderTheNext, !made.Contains("\"predicate\",\"promptId\"", StringComparison.Ordinal));
        Assert.Equal(isUnderTheNext, Explain(asked).Output.Contains("under the rulebook that is in force from", StringComparison.Ordinal));
    }

    [Fact]
    public void ChangeThatIsNone_IsWrongUsage() =>
        Assert.Equal(2, CommandRun.Of("explain", "--rules", _folder.Rules, "--events", "none", "--user", "u", "--change", "tomorrow").Exit);

    [Fact]
    public void AvroAndJson_AreExplainedAlike()
    {
        var user = FirstUser();
        using (var file = File.Create(_folder["shop.avro"]))
        using (var rows = new AvroFileWriter(file, AvroSchemas.BehaviorEvent, AvroCodec.Deflate))
            foreach (var line in File.ReadLines(_folder["shop.ndjson"])) rows.Append(EventDatum.Of(line));
        var avro = CommandRun.Of("explain", "--rules", _folder.Rules, "--events", _folder["shop.avro"], "--user", user, "--ingest-time", "none");
        Assert.Equal(0, avro.Exit);
        Assert.Equal(Decision(Explain("--user", user).Output), Decision(avro.Output));

        static string Decision(string text) => string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("  ", StringComparison.Ordinal)));
    }

    [Fact]
    public void WrongUsage_IsTwo_AndAnUnknownUserOne()
    {
        FirstUser();
        Assert.Equal(1, Explain("--user", "nobody").Exit);
        Assert.Equal(2, Explain("--user", "u", "--at", "yesterday").Exit);
        var named = Explain("--user", "u", "--trigger", "cart-abandonmen");
        Assert.Equal(2, named.Exit);
        Assert.Contains("cart-abandonment", named.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private CommandRun Explain(params string[] args) =>
        CommandRun.Of(["explain", "--rules", _folder.Rules, "--events", _folder["shop.ndjson"], "--ingest-time", "none", .. args]);

    private string FirstUser()
    {
        if (!File.Exists(_folder["d.ndjson"]))
        {
            _folder.Generate(3_000, 30);
            CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["shop.ndjson"], "--ingest-time", "none", "--prompts", _folder["p.ndjson"],
                "--decisions", _folder["d.ndjson"]);
        }
        return JsonDocument.Parse(File.ReadLines(_folder["d.ndjson"]).First()).RootElement.GetProperty("user").GetString()!;
    }

    private List<string> Decisions(string user) => [.. File.ReadLines(_folder["d.ndjson"])
        .Where(line => JsonDocument.Parse(line).RootElement.GetProperty("user").GetString() == user)];

    private string LastDecision(string user) => Decisions(user)[^1];
}
