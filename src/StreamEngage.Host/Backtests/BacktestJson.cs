using System.Text;
using System.Text.Json;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Backtests;

/// <summary>A backtest for programs: one JSON object, times in milliseconds.</summary>
internal static class BacktestJson
{
    public static string Of(Backtest backtest, TimeSpan elapsed)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("read", backtest.Intake.Read);
            json.WriteNumber("quarantined", backtest.Intake.Quarantine.Total);
            json.WriteNumber("users", backtest.Users);
            json.WriteNumber("seconds", Math.Round(elapsed.TotalSeconds, 3));
            json.WriteNumber("eventsPerSecond", (long)(backtest.Intake.Read / Math.Max(elapsed.TotalSeconds, 1e-6)));
            json.WriteString("timeZone", backtest.Prompts.ZoneName);
            Write(json, "triggers", backtest.Verdicts);
            json.WriteStartObject("shapes");
            foreach (var one in backtest.Verdicts.Where(one => one.Sent > 0)) Write(json, one.Name, backtest.Prompts.Of(one.Name));
            json.WriteEndObject();
            Write(json, "all", backtest.Prompts.All);
            if (backtest.Difference is { } difference) Write(json, difference, backtest.VerdictsAgainst);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<TriggerVerdicts> verdicts)
    {
        json.WriteStartArray(name);
        foreach (var one in verdicts) one.Write(json);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, string name, PromptShape shape)
    {
        json.WriteStartObject(name);
        WriteNumbers(json, "usersByPrompts", shape.Users);
        WriteNumbers(json, "promptsByHour", shape.Hours);
        json.WriteStartObject("promptsOverTime");
        json.WriteNumber("width", shape.Time.WidthMilliseconds);
        var bars = shape.Time.Bars().ToList();
        if (bars.Count > 0) json.WriteNumber("from", bars[0].From.UnixMilliseconds);
        WriteNumbers(json, "counts", bars.Select(bar => bar.Count));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteNumbers(Utf8JsonWriter json, string name, IEnumerable<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (var number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, PromptDifference difference, IReadOnlyList<TriggerVerdicts> verdicts)
    {
        json.WriteStartObject("against");
        Write(json, "triggers", verdicts);
        json.WriteNumber("same", difference.Same);
        json.WriteStartArray("changes");
        foreach (var (trigger, (gained, lost)) in difference.ByTrigger)
        {
            json.WriteStartObject();
            json.WriteString("trigger", trigger);
            json.WriteNumber("gained", gained);
            json.WriteNumber("lost", lost);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("prompts");
        foreach (var change in difference.Shown) Write(json, change);
        json.WriteEndArray();
        json.WriteNumber("promptsNotShown", difference.Changes - difference.Shown.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, PromptChange change)
    {
        json.WriteStartObject();
        json.WriteString("change", change.IsGained ? "gained" : "lost");
        json.WriteString("user", change.Prompt.User);
        json.WriteString("trigger", change.Prompt.Trigger);
        json.WriteString("instance", change.Prompt.Instance);
        json.WriteNumber("decidedAt", change.Prompt.At.UnixMilliseconds);
        json.WriteEndObject();
    }
}
