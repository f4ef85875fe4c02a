using System.Globalization;
using System.Text;
using StreamEngage.Host.Runs;
using StreamEngage.Learn.Experiments;

namespace StreamEngage.Host.Reports;

/// <summary>A report for people.</summary>
internal sealed class ReportText(Report report)
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        var table = new TextTable();
        table.Add("trigger", "sent", "ghosts", "users", "rate", "held out", "rate", "difference", "95 % at any time", "verdict");
        foreach (var trigger in report.Triggers)
        {
            Add(table, trigger.Name, trigger.Sent, trigger.Ghosts, trigger.Lift);
            foreach (var variant in trigger.Variants) Add(table, $"  {variant.Name}", variant.Counts.Sent, variant.Counts.Ghosts, variant.Lift);
        }
        _text.Append(table);
        foreach (var trigger in report.Triggers) Sides(trigger);
        foreach (var name in report.Without) Line($"{name}: no goal, so nothing is measured");
        return _text.ToString();
    }

    private static void Add(TextTable table, string name, ArmCount sent, ArmCount ghosts, Lift lift) => table.Add(
        name, Number(sent.Units), Number(ghosts.Units), Number(lift.Treated.Units), Percent(lift.Treated.Rate),
        Number(lift.Held.Units), Percent(lift.Held.Rate), Points(lift.Difference), $"{Points(lift.Interval.Low)} to {Points(lift.Interval.High)}",
        ReportWords.Of(lift.Verdict));

    private void Sides(TriggerReport trigger)
    {
        if (trigger.Outcomes.IsAny)
            Line($"{trigger.Name}: of {trigger.Sent.Units:N0} prompts {string.Join(", ", trigger.Outcomes.All.Where(one => one.Count > 0).Select(Outcome))}");
        if (trigger.Open > 0) Line($"{trigger.Name}: the time for the goal had not passed at the end of the events for {trigger.Open:N0} decisions");
        if (trigger.OtherGhosts > 0) Line($"{trigger.Name}: {trigger.OtherGhosts:N0} ghosts of the global holdout are not compared");
        if (trigger.Lift.Held.Units == 0) Line($"{trigger.Name}: nobody was held out, so the prompts cannot be told from what would have happened anyway");
        if (trigger.Lift.Ratio is not { } ratio) return;
        var say = ratio.IsAlarm ? "sides are not as their shares say" : "sides as their shares say";
        Line($"{trigger.Name}: {say}, chi-square {ratio.ChiSquare:0.00}, p {ratio.P:0.0000}");
    }

    private static string Outcome((string Word, long Count) one) => $"{Number(one.Count)} {one.Word}";

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    private static string Percent(double? rate) => rate is { } known ? known.ToString("0.00 %", CultureInfo.InvariantCulture) : "-";

    private static string Points(double? rate) => rate is { } known ? (100 * known).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture) : "-";
}

/// <summary>Verdicts as they are written.</summary>
internal static class ReportWords
{
    public static string Of(LiftVerdict verdict) => verdict switch
    {
        LiftVerdict.Gain => "gain",
        LiftVerdict.Harm => "harm",
        LiftVerdict.WrongSides => "wrong-sides",
        _ => "open",
    };
}
