using System.Text.Json;
using StreamEngage.Events;
using StreamEngage.Host.Backtests;

namespace StreamEngage.Host.Tests.Verbs;

public sealed class BacktestVerbTests : IDisposable
{
    private const long Hour = 3_600_000;

    private readonly RunFolder _folder = new RunFolder().WithCartRule();

    [Fact]
    public void CountsAndShapes_AreThoseOfTheRun()
    {
        var events = _folder.Generate(20_000, 300);
        var test = Json("--rules", _folder.Rules, "--events", events);
        Assert.Equal(0, CommandRun.Of("run", "--rules", _folder.Rules, "--events", events, "--ingest-time", "none", "--prompts", _folder["p.ndjson"]).Exit);
        var prompts = File.ReadLines(_folder["p.ndjson"]).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(prompts.Count, test.GetProperty("triggers")[0].GetProperty("sent").GetInt32());
        var shape = test.GetProperty("shapes").GetProperty("cart-abandonment");
        var hours = prompts.CountBy(prompt => prompt.GetProperty("decidedAt").GetInt64() / Hour % 24).ToDictionary();
        Assert.Equal(Enumerable.Range(0, 24).Select(hour => (long)hours.GetValueOrDefault(hour)), Numbers(shape, "promptsByHour"));
        var users = prompts.CountBy(prompt => prompt.GetProperty("user").GetString()!).CountBy(user => Math.Min(user.Value, 10)).ToDictionary();
        Assert.Equal(Enumerable.Range(1, 10).Select(count => (long)users.GetValueOrDefault(count)), Numbers(shape, "usersByPrompts"));
        Assert.Equal(prompts.Count, Numbers(shape.GetProperty("promptsOverTime"), "counts").Sum());
    }

    [Fact]
    public void Against_NamesEveryPromptThatOneRulebookAloneMakes()
    {
        var events = _folder.Generate(20_000, 100);
        _folder.Write("other/cart.yaml", RunFolder.CartRule.Replace("2h}", "2h, cooldown: 12h}", StringComparison.Ordinal))
            .Write("other/start.yaml",
                "trigger: viewed\nversion: 1\non: {event: view}\nif: \"count(view) over 1h = 7\"\ndecide: {channels: [push]}\nprompt: {data: {}}\n");
        var against = Json("--rules", _folder.Rules, "--against", _folder["other"], "--events", events).GetProperty("against");
        var (mine, theirs) = (Keys(_folder.Rules, events), Keys(_folder["other"], events));
        var same = mine.Sum(key => Math.Min(key.Value, theirs.GetValueOrDefault(key.Key)));
        Assert.Equal(same, against.GetProperty("same").GetInt32());
        var changes = against.GetProperty("changes").EnumerateArray().ToList();
        Assert.Equal(mine.Values.Sum() - same, changes.Sum(one => one.GetProperty("gained").GetInt32()));
        Assert.Equal(theirs.Values.Sum() - same, changes.Sum(one => one.GetProperty("lost").GetInt32()));
        var shown = against.GetProperty("prompts").EnumerateArray().ToList();
        Assert.Equal(BacktestLimits.DifferencesShownMax, shown.Count);
        Assert.Equal(mine.Values.Sum() + theirs.Values.Sum() - 2 * same - shown.Count, against.GetProperty("promptsNotShown").GetInt32());
        Assert.All(shown, change =>
        {
            var isGained = change.GetProperty("change").GetString() == "gained";
            Assert.Equal(isGained, mine.GetValueOrDefault(Key(change)) > theirs.GetValueOrDefault(Key(change)));
        });
        Assert.Contains(shown, change => change.GetProperty("change").GetString() == "gained");
    }

    [Fact]
    public void Text_DrawsBars_AndTheDifference()
    {
        var events = _folder.Generate(5_000, 50);
        _folder.Write("other/cart.yaml", RunFolder.CartRule.Replace("for: 30m", "for: 45m", StringComparison.Ordinal));
        var run = CommandRun.Of("backtest", "--rules", _folder.Rules, "--events", events, "--against", _folder["other"], "--ingest-time", "none");
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        foreach (var part in (string[])["events/s", "cart-abandonment", "prompts per user", "hour of day", "█", "UTC", "gains", "loses", "more"])
            Assert.Contains(part, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_AreOne_AndWrongUsageIsTwo()
    {
        _folder.Write("events.ndjson", "nonsense\n").Write("empty.ndjson", "").Write("broken/a.yaml", "trigger: [");
        Assert.Equal(1, CommandRun.Of("backtest", "--rules", _folder.Rules, "--events", _folder["events.ndjson"]).Exit);
        Assert.Equal(0, CommandRun.Of("backtest", "--rules", _folder.Rules, "--events", _folder["empty.ndjson"]).Exit);
        Assert.Equal(1, CommandRun.Of("backtest", "--rules", _folder.Rules, "--against", _folder["broken"], "--events", _folder["empty.ndjson"]).Exit);
        Assert.Equal(2, CommandRun.Of("backtest", "--rules", _folder.Rules, "--against", _folder["none"], "--events", _folder["empty.ndjson"]).Exit);
        Assert.Equal(2, CommandRun.Of("backtest", "--rules", _folder.Rules, "--events", _folder["none.ndjson"]).Exit);
    }

    [Fact]
    public void TimeBars_StayBoundedAndLoseNothing()
    {
        var bars = new TimeBars();
        for (var i = 0; i < 10_000; i++) bars.Count(new EventTime(1_700_000_000_000 + i * Hour));
        var drawn = bars.Bars().ToList();
        Assert.True(drawn.Count <= BacktestLimits.BarsMax);
        Assert.Equal(10_000, drawn.Sum(bar => bar.Count));
        Assert.True(drawn[0].From <= new EventTime(1_700_000_000_000));
    }

    public void Dispose() => _folder.Dispose();

    private static JsonElement Json(params string[] args)
    {
        var run = CommandRun.Of(["backtest", .. args, "--ingest-time", "none", "--json"]);
        Assert.Equal((0, ""), (run.Exit, run.Errors));
        return JsonDocument.Parse(run.Output).RootElement;
    }

    private Dictionary<string, int> Keys(string rules, string events)
    {
        Assert.Equal(0, CommandRun.Of("run", "--rules", rules, "--events", events, "--ingest-time", "none", "--prompts", _folder["p.ndjson"]).Exit);
        return File.ReadLines(_folder["p.ndjson"]).CountBy(line => Key(JsonDocument.Parse(line).RootElement)).ToDictionary();
    }

    private static string Key(JsonElement json) =>
        $"{json.GetProperty("user")} {json.GetProperty("trigger")} {json.GetProperty("instance")} {json.GetProperty("decidedAt")}";

    private static IEnumerable<long> Numbers(JsonElement json, string name) => json.GetProperty(name).EnumerateArray().Select(one => one.GetInt64());
}
