using System.Text.Json;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class AvroFilesTests : IDisposable
{
    // Few enough that the writer ends no block by itself.
    private const int BlockRows = 100;

    private const string ViewRule = """
        trigger: viewed
        version: 1
        on: {event: view, where: "event.price > 10"}
        if: "count(view by item) over 1d >= 2"
        prompt: {data: {item: event.item, spent: "sum(view.price) over 1d"}}
        """;

    private readonly RunFolder _folder = new RunFolder().WithCartRule().Write("rules/view.yaml", ViewRule);

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    public void TheSameEvents_MakeTheSamePromptsAndDecisionsAsInJson(AvroCodec codec)
    {
        var lines = Shop();
        WriteAvro(lines, codec);
        var json = Outcome("shop.ndjson", exit: 0);
        Assert.True(json.Prompts.Length > 10_000 && json.Decisions.Length > 10_000);
        Assert.Equal(json, Outcome("shop.avro", exit: 0));
    }

    [Theory]
    [InlineData(AvroCodec.Null)]
    [InlineData(AvroCodec.Deflate)]
    public void ABlockWithBrokenContent_IsQuarantinedWithItsPlace_AndTheRestRuns(AvroCodec codec)
    {
        var lines = Shop();
        var blocks = WriteAvro(lines, codec);
        Damage(bytes => bytes.AsSpan((int)blocks[2] + 8, 64).Fill(0xff));
        _folder.Write("rest.ndjson", string.Join('\n', lines.Where((_, i) => i / BlockRows != 2)));
        Assert.Equal(Outcome("rest.ndjson", exit: 0), Outcome("shop.avro", exit: 1));
        var bad = Assert.Single(Quarantined());
        Assert.Equal((2 * BlockRows) + 1, bad.GetProperty("line").GetInt32());
        Assert.Equal(("not-avro", _folder["shop.avro"], ""), (Text(bad, "reason"), Text(bad, "file"), Text(bad, "raw")));
        Assert.InRange(int.Parse(Text(bad, "detail").Split(' ', ':')[1]), blocks[2], blocks[2] + 72);
        Assert.EndsWith($"reading goes on at byte {blocks[3]}", Text(bad, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void ABlockWithoutItsMarker_CostsTheNextOneToo_AndTheRestRuns()
    {
        var lines = Shop();
        var blocks = WriteAvro(lines, AvroCodec.Deflate);
        Damage(bytes => bytes[blocks[3] - 1] ^= 1);
        _folder.Write("rest.ndjson", string.Join('\n', lines.Where((_, i) => i / BlockRows is not (2 or 3))));
        Assert.Equal(Outcome("rest.ndjson", exit: 0), Outcome("shop.avro", exit: 1));
        Assert.EndsWith($"reading goes on at byte {blocks[4]}", Text(Assert.Single(Quarantined()), "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void AFileThatBreaksOff_GivesItsWholeBlocks()
    {
        var lines = Shop();
        var blocks = WriteAvro(lines, AvroCodec.Null);
        File.WriteAllBytes(_folder["shop.avro"], File.ReadAllBytes(_folder["shop.avro"])[..((int)blocks[3] + 100)]);
        _folder.Write("rest.ndjson", string.Join('\n', lines.Take(3 * BlockRows)));
        Assert.Equal(Outcome("rest.ndjson", exit: 0), Outcome("shop.avro", exit: 1));
        var bad = Assert.Single(Quarantined());
        Assert.StartsWith($"byte {blocks[3]}: the file ends in the block", Text(bad, "detail"), StringComparison.Ordinal);
        Assert.EndsWith("nothing after it can be read", Text(bad, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void ABadRow_IsQuarantinedAlone_AndShownAsJson()
    {
        string[] lines =
        [
            """{"id":"1","user":"u","type":"cart_add","at":1000,"props":{"price":5}}""", """{"id":"","user":"u","type":"view","at":2000}""",
            """{"id":"broken","user":"u","type":"view","at":2000}""", """{"id":"2","user":"v","type":"cart_add","at":3000,"props":{"price":6}}""",
            """{"id":"3","user":"u","type":"view","at":1900000000000}""",
        ];
        WriteAvro(lines, AvroCodec.Null);
        Damage(bytes => bytes[bytes.AsSpan().IndexOf("broken"u8)] = 0xff);
        Assert.Equal(1, Run("shop.avro", "--ingest-time", "2026-01-01T00:00:00Z").Exit);
        var bad = Quarantined();
        Assert.Equal(["2 bad-id", "3 not-avro", "5 from-the-future"], bad.Select(one => $"{one.GetProperty("line")} {Text(one, "reason")}"));
        Assert.Equal("u", JsonDocument.Parse(Text(bad[0], "raw")).RootElement.GetProperty("user").GetString());
        Assert.StartsWith("0cff", Text(bad[1], "raw"), StringComparison.Ordinal);
        Assert.Equal(2, File.ReadLines(_folder["prompts.ndjson"]).Count());
    }

    [Fact]
    public void AFileThatIsNoAvro_IsOne_InOneLine()
    {
        _folder.Write("shop.avro", """{"id":"1","user":"u","type":"cart_add","at":1000,"props":{"price":5}}""");
        foreach (var run in (CommandRun[])[Run("shop.avro"), Backtest("shop.avro")])
        {
            Assert.Equal((1, ""), (run.Exit, run.Output));
            Assert.EndsWith($"{_folder["shop.avro"]}: is no Avro container file, whatever its name says", Assert.Single(run.Errors.TrimEnd().Split('\n')),
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public void AFileOfOtherRecords_IsOneRefusalThatSaysWhy()
    {
        Assert.True(AvroSchema.TryParse("""{"type":"record","name":"Row","fields":[{"name":"id","type":"string"}]}""", out var schema, out _));
        using (var file = File.Create(_folder["shop.avro"]))
        using (var rows = new AvroFileWriter(file, schema)) rows.Append(AvroValue.Record(AvroValue.String("1")));
        Assert.Equal(1, Run("shop.avro").Exit);
        var bad = Assert.Single(Quarantined());
        Assert.Equal("not-avro", Text(bad, "reason"));
        Assert.EndsWith("nothing after it can be read", Text(bad, "detail"), StringComparison.Ordinal);
    }

    [Fact]
    public void ABacktestAgainstAnotherRulebook_SaysTheSameAsOverJson()
    {
        WriteAvro(Shop(), AvroCodec.Deflate);
        _folder.Write("other/view.yaml", ViewRule.Replace("item: event.item", "name: event.category", StringComparison.Ordinal)
            .Replace(">= 2", ">= 3", StringComparison.Ordinal));
        string Said(string events)
        {
            var run = Backtest(events, "--against", _folder["other"], "--json");
            Assert.Equal((0, ""), (run.Exit, run.Errors));
            var json = JsonDocument.Parse(run.Output).RootElement;
            return $"{json.GetProperty("triggers")}{json.GetProperty("shapes")}{json.GetProperty("against")}";
        }
        var said = Said("shop.ndjson");
        Assert.Contains("gained", said, StringComparison.Ordinal);
        Assert.Equal(said, Said("shop.avro"));
    }

    public void Dispose() => _folder.Dispose();

    private string[] Shop()
    {
        _folder.Generate(25 * BlockRows, 20);
        return File.ReadAllLines(_folder["shop.ndjson"]);
    }

    /// <summary>Writes the lines as a container file; gives where its blocks begin.</summary>
    private List<long> WriteAvro(string[] lines, AvroCodec codec)
    {
        using var file = File.Create(_folder["shop.avro"]);
        using var rows = new AvroFileWriter(file, AvroSchemas.BehaviorEvent, codec);
        var blocks = new List<long>();
        foreach (var block in lines.Chunk(BlockRows))
        {
            blocks.Add(file.Position);
            foreach (var line in block) rows.Append(EventDatum.Of(line));
            rows.Flush();
        }
        return blocks;
    }

    private void Damage(Action<byte[]> damage)
    {
        var bytes = File.ReadAllBytes(_folder["shop.avro"]);
        damage(bytes);
        File.WriteAllBytes(_folder["shop.avro"], bytes);
    }

    private (string Prompts, string Decisions) Outcome(string events, int exit)
    {
        Assert.Equal(exit, Run(events, "--ingest-time", "none").Exit);
        return (File.ReadAllText(_folder["prompts.ndjson"]), File.ReadAllText(_folder["decisions.ndjson"]));
    }

    private CommandRun Run(string events, params string[] more) => CommandRun.Of(
        ["run", "--rules", _folder.Rules, "--events", _folder[events], "--prompts", _folder["prompts.ndjson"],
            "--decisions", _folder["decisions.ndjson"], "--quarantine", _folder["bad.ndjson"], .. more]);

    private CommandRun Backtest(string events, params string[] more) =>
        CommandRun.Of(["backtest", "--rules", _folder.Rules, "--events", _folder[events], "--ingest-time", "none", .. more]);

    private List<JsonElement> Quarantined() => [.. File.ReadLines(_folder["bad.ndjson"]).Select(line => JsonDocument.Parse(line).RootElement)];

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;
}
