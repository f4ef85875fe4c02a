using System.Globalization;
using System.Text;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Backtests;

/// <summary>A backtest for people.</summary>
internal sealed class BacktestText(Backtest backtest, TimeSpan elapsed)
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        var intake = backtest.Intake;
        var perSecond = intake.Read / Math.Max(elapsed.TotalSeconds, 1e-6);
        Line($"{intake.Read:N0} events of {backtest.Users:N0} users in {elapsed.TotalSeconds:N1} s, {perSecond:N0} events/s");
        if (intake.Quarantine.Total > 0)
            Line($"{intake.Quarantine.Total:N0} refused: {string.Join(", ", intake.Quarantine.ByReason.Select(reason => $"{reason.Key} {reason.Value}"))}");
        var verdicts = backtest.Verdicts;
        Table(verdicts);
        foreach (var trigger in verdicts.Where(trigger => trigger.Candidates > 0)) Shape(trigger);
        if (verdicts.Any(trigger => trigger.Sent > 0)) Whole();
        if (backtest.Difference is { } difference) Compare(difference, verdicts);
        return _text.ToString();
    }

    private void Table(IReadOnlyList<TriggerVerdicts> verdicts)
    {
        var table = new TextTable();
        table.Add("trigger", "candidates", "sent", "suppressed", "held");
        foreach (var one in verdicts.Append(TriggerVerdicts.Sum(verdicts)))
            table.Add(one.Name, Number(one.Candidates), Number(one.Sent), Number(one.SuppressedTotal), Number(one.Held));
        _text.Append(table);
    }

    private void Shape(TriggerVerdicts trigger)
    {
        var shape = backtest.Prompts.Of(trigger.Name);
        Line($"");
        Line($"{trigger.Name}");
        Line($"  suppressed        {trigger.Reasons()}");
        if (trigger.Sent == 0) return;
        Line($"  prompts per user  {string.Join(", ", Distribution(shape).Select(bar => $"{bar.Label}: {bar.Count:N0}"))}");
        Line($"  hour of day       |{Bars.Line(shape.Hours)}|  0 to 23 h, {backtest.Prompts.ZoneName}");
        Line($"  over time         |{Bars.Line(shape.Time.Bars().Select(bar => bar.Count))}|  {Width(shape.Time)} a bar from {First(shape.Time)}");
    }

    private void Whole()
    {
        var all = backtest.Prompts.All;
        Line($"");
        Line($"prompts per user, over all triggers");
        _text.Append(Bars.Rows(Distribution(all)));
        if (backtest.Prompts.PromptsOfUncountedUsers > 0)
            Line($"  {backtest.Prompts.PromptsOfUncountedUsers:N0} prompts of further users are not in it");
        Line($"prompts by hour of day, {backtest.Prompts.ZoneName}");
        _text.Append(Bars.Rows([.. all.Hours.Select((count, hour) => (hour.ToString("00", CultureInfo.InvariantCulture), count))]));
        Line($"prompts over time, {Width(all.Time)} a bar, UTC");
        _text.Append(Bars.Rows([.. all.Time.Bars().Select(bar => (bar.From.ToString()[..16], bar.Count))]));
    }

    private void Compare(PromptDifference difference, IReadOnlyList<TriggerVerdicts> verdicts)
    {
        Line($"");
        Line($"against the other rulebook: {difference.Same:N0} prompts the same");
        var others = backtest.VerdictsAgainst.ToDictionary(one => one.Name, StringComparer.Ordinal);
        var table = new TextTable();
        table.Add("trigger", "sent", "other", "gained", "lost");
        foreach (var name in verdicts.Select(one => one.Name).Union(others.Keys).Order(StringComparer.Ordinal))
        {
            var change = difference.ByTrigger.GetValueOrDefault(name);
            var sent = verdicts.FirstOrDefault(one => one.Name == name)?.Sent ?? 0;
            table.Add(name, Number(sent), Number(others.GetValueOrDefault(name)?.Sent ?? 0), Number(change.Gained), Number(change.Lost));
        }
        _text.Append(table);
        foreach (var (prompt, isGained) in difference.Shown)
        {
            var instance = prompt.Instance.Length > 0 ? $"  {prompt.Instance}" : "";
            Line($"  {(isGained ? "gains" : "loses")}  {prompt.At}  {prompt.User}  {prompt.Trigger}{instance}");
        }
        if (difference.Changes > difference.Shown.Count) Line($"  and {difference.Changes - difference.Shown.Count:N0} more");
    }

    /// <summary>Up to the most prompts that any user has.</summary>
    private static List<(string Label, long Count)> Distribution(PromptShape shape)
    {
        var last = Array.FindLastIndex(shape.Users, count => count > 0);
        return [.. shape.Users.Take(last + 1).Select((count, i) => ($"{i + 1}{(i + 1 == BacktestLimits.PromptsOfUserMax ? "+" : "")}", count))];
    }

    private static string First(TimeBars time) => time.Bars().First().From.ToString()[..16];

    private static string Width(TimeBars time)
    {
        var minutes = time.WidthMilliseconds / 60_000;
        return minutes < 60 ? $"{minutes} min" : minutes < 1_440 ? $"{minutes / 60} h" : $"{minutes / 1_440} d";
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
