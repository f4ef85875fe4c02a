using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using StreamEngage.Host.Verbs;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class RunVerbTests : IDisposable
{
    private const string Cart = """{"id":"1","user":"u","type":"cart_add","at":1000,"props":{"price":5}}""";

    private readonly RunFolder _folder = new RunFolder().WithCartRule();

    [Fact]
    public void APrompt_IsMadeWhenTheTimerIsDrained()
    {
        var run = Run(Cart + "\n");
        Assert.Equal((0, ""), (run.Exit, run.Output));
        var prompt = Json(Assert.Single(Lines("prompts.ndjson")));
        Assert.Equal(("cart-abandonment", "u", 1_801_000), (Text(prompt, "trigger"), Text(prompt, "user"), prompt.GetProperty("decidedAt").GetInt64()));
        Assert.Equal("sent", Text(Json(Assert.Single(Lines("decisions.ndjson"))), "verdict"));
    }

    [Fact]
    public void NoDrain_LeavesTimersPending()
    {
        Assert.Equal(0, Run(Cart, "--no-drain").Exit);
        Assert.Empty(Lines("prompts.ndjson"));
    }

    [Fact]
    public void EveryBadLine_IsInQuarantineWithItsPlaceAndReason()
    {
        string[] lines =
        [
            "\uFEFF" + Cart + "\r", "", "nonsense\u0001 \"é\"", """{"user":"u","type":"view","at":1}""", """{"id":"2","user":"","type":"view","at":1}""",
            """{"id":"2","user":"u","at":1}""", """{"id":"2","user":"u","type":"view","at":"yesterday"}""",
            """{"id":"2","user":"u","type":"view","at":1,"props":7}""", $$"""{"id":"2","user":"u","type":"{{new string('x', 1 << 20)}}","at":1}""",
            """{"id":"2","user":"\ud83d","type":"view","at":1}""", """{"id":"3","user":"u","type":"view","at":1800000001000}""",
            """{"id":"4","user":"u","type":"view","at":2000}""",
        ];
        var run = Run(string.Join('\n', lines), "--quarantine", _folder["bad.ndjson"], "--ingest-time", "2026-01-01T00:00:00Z", "--json");
        Assert.Equal(1, run.Exit);
        var bad = Lines("bad.ndjson").ConvertAll(Json);
        Assert.Equal(
            ["3 not-json", "4 bad-id", "5 bad-user", "6 bad-type", "7 bad-time", "8 bad-props", "9 too-large", "10 not-json", "11 from-the-future"],
            bad.Select(line => $"{line.GetProperty("line").GetInt64()} {Text(line, "reason")}"));
        Assert.All(bad, line => Assert.Equal(_folder["events.ndjson"], Text(line, "file")));
        Assert.All(bad, line => Assert.NotEmpty(Text(line, "detail")!));
        Assert.Equal(lines[2], Text(bad[0], "raw"));
        Assert.Equal(lines[8][..4096], Text(bad[6], "raw"));
        Assert.Single(Lines("prompts.ndjson"));
        var summary = Json(run.Output);
        Assert.Equal((11, 2, 9), (Number(summary, "read"), Number(summary, "admitted"), Number(summary, "quarantined")));
        Assert.Equal(2, Number(summary.GetProperty("quarantinedByReason"), "not-json"));
    }

    [Fact]
    public void RawOfAnInvalidLine_IsReplacedAndCutBetweenCharacters()
    {
        File.WriteAllBytes(_folder["events.ndjson"], [0xFF, .. Encoding.UTF8.GetBytes(new string('é', 3000))]);
        Assert.Equal(1, Run(null, "--quarantine", _folder["bad.ndjson"]).Exit);
        Assert.Equal("\uFFFD" + new string('é', 2047), Text(Json(Assert.Single(Lines("bad.ndjson"))), "raw"));
    }

    [Fact]
    public void WithoutAQuarantine_OneLineNamesTheCountAndTheFlag()
    {
        var run = Run("nonsense\n" + Cart);
        Assert.Equal(1, run.Exit);
        Assert.Contains("run: 1 lines were refused; add --quarantine FILE", run.Errors, StringComparison.Ordinal);
        Assert.Single(Lines("prompts.ndjson"));
    }

    [Fact]
    public void TheSummary_AddsUp()
    {
        _folder.Generate(5_000, 100, malformed: 0.05);
        File.Move(_folder["shop.ndjson"], _folder["events.ndjson"]);
        var run = Run(null, "--json", "--ingest-time", "none");
        Assert.Equal(1, run.Exit);
        var sum = Json(run.Output);
        Assert.Equal(5_000, Number(sum, "read"));
        Assert.Equal(5_000, new[] { "admitted", "duplicates", "collisions", "late", "quarantined" }.Sum(name => Number(sum, name)));
        Assert.Equal(Number(sum, "candidates"), Number(sum, "sent") + Number(sum, "suppressed") + Number(sum, "held"));
        Assert.Equal(Number(sum, "sent"), Lines("prompts.ndjson").Count);
        Assert.Equal(Number(sum, "sent"), Number(sum.GetProperty("prompts"), "cart-abandonment"));
        Assert.True(Number(sum, "sent") > 0 && Number(sum, "duplicates") > 0);
    }

    [Theory]
    [InlineData("--lanes", "0")]
    [InlineData("--lanes", "1025")]
    [InlineData("--batch", "0")]
    [InlineData("--batch", "513")]
    [InlineData("--ingest-time", "tomorrow")]
    [InlineData("--map", "no-such.yaml")]
    [InlineData("--quarantine", "no-such-folder/bad.ndjson")]
    public void WrongValues_AreTwo_InOneLine(string option, string value) => AssertOneLine(2, Run(Cart, option, value));

    [Fact]
    public void FilesThatAreNotThere_AreTwo_InOneLine()
    {
        AssertOneLine(2, Run(null));
        _folder.Write("events.ndjson", Cart);
        AssertOneLine(2, CommandRun.Of("run", "--rules", _folder["none"], "--events", _folder["events.ndjson"], "--prompts", _folder["p.ndjson"]));
        Assert.False(File.Exists(_folder["p.ndjson"]));
    }

    [Fact]
    public void OnePlaceForTwoFiles_IsTwo_AndTheInputSurvives()
    {
        _folder.Write("events.ndjson", Cart);
        var events = _folder["events.ndjson"];
        AssertOneLine(2, CommandRun.Of("run", "--rules", _folder.Rules, "--events", events, "--prompts", events));
        AssertOneLine(2, CommandRun.Of("run", "--rules", _folder.Rules, "--events", events, "--prompts", "-", "--decisions", "-"));
        Assert.Equal(Cart, File.ReadAllText(events));
    }

    [Fact]
    public void ARulebookWithErrors_IsOne_AndEachStandsAtItsPlace()
    {
        _folder.Write("rules/bad.yaml", "trigger: bad\nversion: 1\non: {event: view}\nif: \"conut(view) over 1h > 1\"\nprompt: {data: {}}\n");
        var run = Run(Cart);
        Assert.Equal(1, run.Exit);
        Assert.Contains("bad.yaml(4,", run.Errors, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["prompts.ndjson"]));
    }

    [Fact]
    public void ACompressedFileThatBreaksOff_IsOne_AndSaysWhere()
    {
        _folder.Generate(2_000, 20);
        using (var packed = new GZipStream(File.Create(_folder["whole.gz"]), CompressionLevel.Fastest)) packed.Write(File.ReadAllBytes(_folder["shop.ndjson"]));
        var bytes = File.ReadAllBytes(_folder["whole.gz"]);
        bytes.AsSpan(bytes.Length / 2, 64).Fill(0xFF);
        File.WriteAllBytes(_folder["broken.gz"], bytes);
        Assert.Equal(0, CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["whole.gz"], "--prompts", _folder["p.ndjson.gz"]).Exit);
        var run = CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["broken.gz"], "--prompts", _folder["p.ndjson"]);
        Assert.Equal(1, run.Exit);
    }

    [Fact]
    public void ACompressedFileThatEndsTooEarly_IsOne_ThoughItEndsInAWholeLine()
    {
        using (var packed = new GZipStream(File.Create(_folder["whole.gz"]), CompressionLevel.Fastest)) packed.Write(Encoding.UTF8.GetBytes(Cart));
        File.WriteAllBytes(_folder["cut.gz"], File.ReadAllBytes(_folder["whole.gz"])[..^8]);
        var run = CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder["cut.gz"], "--prompts", _folder["p.ndjson"]);
        AssertOneLine(1, run);
        Assert.Contains("cut.gz: cannot be read after line", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void AFolderForTheEvents_IsTwo_AndIsCalledOne()
    {
        var run = CommandRun.Of("run", "--rules", _folder.Rules, "--events", _folder.Rules, "--prompts", _folder["p.ndjson"]);
        AssertOneLine(2, run);
        Assert.Contains("is a folder", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void LanesAndBatches_DoNotShow()
    {
        _folder.Generate(20_000, 200);
        File.Move(_folder["shop.ndjson"], _folder["events.ndjson"]);
        _folder.Write("rules/view.yaml", "trigger: viewed\nversion: 1\non: {event: view}\nif: \"count(view) over 10m >= 3\"\nprompt: {data: {}}\n");
        var first = Bytes(1, 512);
        Assert.NotEmpty(first);
        foreach (var lanes in (int[])[1, 2, 7])
            foreach (var batch in (int[])[1, 7, 200]) Assert.True(first.SequenceEqual(Bytes(lanes, batch)), $"lanes {lanes}, batch {batch}");
    }

    [Fact]
    public async Task Pipes_CarryPromptsOnly_AndTheSummaryGoesBeside()
    {
        var info = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in (string[])[typeof(RunVerb).Assembly.Location, "run", "--rules", _folder.Rules, "--events", "-", "--prompts", "-", "--json"])
            info.ArgumentList.Add(arg);
        using var process = Process.Start(info)!;
        await process.StandardInput.WriteAsync(Cart);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
        Assert.Equal("cart-abandonment", Text(Json(Assert.Single(output.TrimEnd().Split('\n'))), "trigger"));
        Assert.Equal(1, Number(Json(Assert.Single((await errors).TrimEnd().Split('\n'))), "sent"));
    }

    public void Dispose() => _folder.Dispose();

    private CommandRun Run(string? events, params string[] more)
    {
        if (events is not null) _folder.Write("events.ndjson", events);
        return CommandRun.Of(["run", "--rules", _folder.Rules, "--events", _folder["events.ndjson"], "--prompts", _folder["prompts.ndjson"],
            "--decisions", _folder["decisions.ndjson"], .. more]);
    }

    private byte[] Bytes(int lanes, int batch)
    {
        Assert.Equal(0, Run(null, "--ingest-time", "none", "--lanes", $"{lanes}", "--batch", $"{batch}").Exit);
        return [.. File.ReadAllBytes(_folder["prompts.ndjson"]), .. File.ReadAllBytes(_folder["decisions.ndjson"])];
    }

    private static void AssertOneLine(int exit, CommandRun run)
    {
        Assert.Equal((exit, ""), (run.Exit, run.Output));
        Assert.Single(run.Errors.TrimEnd().Split('\n'));
    }

    private List<string> Lines(string file) => [.. File.ReadLines(_folder[file])];

    private static JsonElement Json(string line) => JsonDocument.Parse(line).RootElement;

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private static long Number(JsonElement json, string name) => json.GetProperty(name).GetInt64();
}
