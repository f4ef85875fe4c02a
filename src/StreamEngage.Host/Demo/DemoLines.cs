using System.Globalization;
using System.Text;
using StreamEngage.Emit;

namespace StreamEngage.Host.Demo;

/// <summary>The demo where there is no terminal: one line a second, and the summary at the end.</summary>
internal static class DemoLines
{
    private const int TriggersALine = 3;

    public static string Progress(DemoSnapshot now)
    {
        var triggers = now.Triggers.Where(trigger => trigger.Sent > 0).OrderByDescending(trigger => trigger.Sent)
            .Take(TriggersALine).Select(trigger => new NamedCount(trigger.Name, trigger.Sent));
        return string.Create(CultureInfo.InvariantCulture, $"{now.Elapsed.TotalSeconds,4:0} s  {DemoWords.Of(now.LinesLastSecond),7} events/s  ")
            + $"p50 {DemoWords.Of(now.LatencyLastSecond.P50)}  p99 {DemoWords.Of(now.LatencyLastSecond.P99)}  {DemoWords.Of(now.Users)} users  "
            + $"{DemoWords.Of(now.Sent)} prompts{(now.Sent == 0 ? "" : $" ({DemoWords.Listed(triggers)}, …)")}  {DemoWords.Of(now.Suppressed)} suppressed"
            + (now.Behind > TimeSpan.FromSeconds(1) ? $"  {DemoWords.Seconds(now.Behind)} behind" : "");
    }

    public static IEnumerable<string> Summary(DemoSnapshot end, DemoSettings settings) =>
    [
        "",
        string.Create(CultureInfo.InvariantCulture,
            $"demo: {end.Elapsed.TotalSeconds:0.#} s at {settings.Speed:0.#} times the wall clock, seed {settings.Seed}"),
        "",
        .. Totals(end),
        "",
        .. Candidates(end),
        "",
        .. Latency(end),
        "",
        .. Newest(end),
    ];

    private static IEnumerable<string> Totals(DemoSnapshot end)
    {
        var lines = end.Lines;
        var seconds = Math.Max(end.Elapsed.TotalSeconds, 0.001);
        yield return Row("lines", lines.Taken, string.Create(CultureInfo.InvariantCulture, $"{lines.Taken / seconds:N0} a second"));
        yield return Row("  applied", lines.Applied, $"to {DemoWords.Of(end.Users)} users");
        yield return Row("  duplicates", lines.Duplicates, "");
        yield return Row("  collisions", lines.Collisions, "an id used again for another event");
        yield return Row("  late", lines.Late, "too late to count");
        if (lines.Waiting > 0) yield return Row("  waiting", lines.Waiting, "to be put in order");
        yield return Row("  quarantined", lines.Quarantined, DemoWords.Listed(lines.Refused));
        yield return Row("memory", end.MemoryBytes / 1_048_576, "MB");
        if (end.Behind > TimeSpan.FromSeconds(1))
            yield return $"The engine is {DemoWords.Seconds(end.Behind)} behind its input: ask for a smaller --rate.";
    }

    private static IEnumerable<string> Candidates(DemoSnapshot end)
    {
        yield return $"candidates {DemoWords.Of(end.Candidates)} = sent {DemoWords.Of(end.Sent)} + suppressed {DemoWords.Of(end.Suppressed)}"
            + $" + held {DemoWords.Of(end.Held)}{(end.IsBalanced ? "" : "   THIS DOES NOT ADD UP")}";
        yield return $"  {"trigger",-28} {"candidates",10} {"sent",8} {"suppressed",10} {"held",6}";
        foreach (var trigger in end.Triggers)
            yield return $"  {trigger.Name,-28} {DemoWords.Of(trigger.Candidates),10} {DemoWords.Of(trigger.Sent),8}"
                + $" {DemoWords.Of(trigger.Suppressed),10} {DemoWords.Of(trigger.Held),6}";
        if (end.Reasons.Count > 0) yield return $"suppressed: {DemoWords.Listed(end.Reasons)}";
        if (end.Cancels > 0) yield return $"taken back: {DemoWords.Of(end.Cancels)}";
    }

    private static IEnumerable<string> Latency(DemoSnapshot end)
    {
        yield return "latency from an event's due time to its decisions";
        yield return $"  {"p50",8} {"p90",8} {"p99",8} {"p99.9",8} {"max",8}";
        var figures = end.Latency;
        var row = new[] { figures.P50, figures.P90, figures.P99, figures.P999, figures.Max }.Select(figure => $"{DemoWords.Of(figure),8}");
        yield return $"  {string.Join(' ', row)}";
    }

    private static IEnumerable<string> Newest(DemoSnapshot end) =>
        end.Newest.Count == 0
            ? ["no prompt yet: let it run longer, or raise --speed"]
            : end.Newest.DistinctBy(prompt => prompt.Trigger).Take(5).SelectMany(prompt => (string[])
                [OneLine($"{prompt.Channel} to {prompt.User}: {prompt.Text}"), OneLine($"because {prompt.Trigger}: {prompt.Why}").Insert(0, "    ")]);

    /// <summary>Text that users wrote, fit for a terminal.</summary>
    public static string OneLine(string text)
    {
        var clean = new StringBuilder(text.Length);
        PlainText.Append(clean, text);
        return string.Join(' ', clean.ToString().Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries));
    }

    private static string Row(string name, long count, string words) => $"{name,-14}{DemoWords.Of(count),12}   {words}".TrimEnd();
}
