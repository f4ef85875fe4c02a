using System.Globalization;
using System.Text;
using StreamEngage.Decide;

namespace StreamEngage.Host.Explaining;

/// <summary>An explanation for people.</summary>
internal sealed class ExplanationText(Explanation explanation)
{
    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        if (explanation.Outcome is { } outcome) Decided(outcome);
        else Line($"{explanation.Trigger.Name}: no candidate for {explanation.Premise.User} by {explanation.At}");
        if (explanation.Premise.Since is { } since) Line($"  under the rulebook that is in force from {since} on");
        foreach (var word in explanation.Served?.Says ?? []) Line($"  {word}");
        foreach (var found in explanation.Missing?.Found ?? []) Line($"  {found}");
        foreach (var journey in explanation.Journeys) Line($"  {journey}");
        Timeline();
        if (explanation.Outcome is { } decided) Gates(decided);
        if (explanation.Terms.Count > 0) Terms();
        Flips();
        return _text.ToString();
    }

    private void Decided(Outcome outcome)
    {
        var last = outcome.Last;
        var instance = last.Instance.Length > 0 ? $" of {last.Instance}" : "";
        Line($"{outcome.Trigger}{Step(last)}{instance}: {Verdict(last.Verdict, last.Reason)} for {last.User} at {last.At}");
        if (outcome.WasHeld && last.Verdict != Decide.Verdict.Held) Line($"  held at {outcome.First.At}, {outcome.First.Gates[^1].Detail}");
    }

    private static string Step(Emit.DecisionRecord decision) => decision.Step is { } step ? $" step \"{step}\"" : "";

    private static string Verdict(Verdict verdict, Reason reason) =>
        $"{verdict.ToString().ToLowerInvariant()}{(reason == Reason.None ? "" : $", {ReasonCodes.Code(reason)}")}";

    private void Timeline()
    {
        Line($"timeline (* cause, + counted by the if)");
        foreach (var e in explanation.Timeline())
        {
            var mark = explanation.IsCause(e) ? '*' : explanation.IsRead(e) ? '+' : ' ';
            Line($"  {mark} {e.At}  {e.Type,-16}  {e.Properties()}");
        }
    }

    private void Gates(Outcome outcome)
    {
        Line($"gates");
        foreach (var gate in outcome.Last.Gates)
            Line($"  {(gate.Passed ? "passed" : "FAILED")}  {gate.Gate.ToString().ToLowerInvariant(),-11}  {gate.Detail}");
    }

    private void Terms()
    {
        Line($"values");
        foreach (var term in explanation.Terms)
            Line($"  {(term.IsCondition ? term.Value is { IsTrue: true } ? "holds " : "FAILS " : "         ")} {term.Text}{Value(term)}");
    }

    private static string Value(SeenTerm term) => term.IsCondition && term.Value is { IsNull: false } ? "" : $" = {Spoken.Of(term.Value)}";

    private void Flips()
    {
        if (!explanation.IsSearched) return;
        if (explanation.Flips.Count == 0) Line($"no change of {ExplainLimits.ChangesMax} or fewer was found with which it is sent");
        for (var i = 0; i < explanation.Flips.Count; i++)
        {
            var flip = explanation.Flips[i];
            var changes = flip.Changes.Count == 1 ? "" : $" ({flip.Changes.Count} changes)";
            Line($"{(i == 0 ? "smallest change: it would be sent if" : "               or if")} {flip.Says}{changes}");
        }
    }

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture).TrimEnd()).Append('\n');
}
