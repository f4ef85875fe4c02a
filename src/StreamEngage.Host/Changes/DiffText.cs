using System.Globalization;
using System.Text;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Changes;

/// <summary>A difference between two rulebooks for people.</summary>
internal sealed class DiffText(RulebookDiff diff)
{
    private const int UsersShownMax = 20;

    private readonly StringBuilder _text = new();

    public override string ToString()
    {
        if (diff.Impact is not { } impact)
        {
            Line($"the events end before {diff.At}: nothing changes; name an earlier --at");
            return _text.ToString();
        }
        Line($"change at {diff.At}, {diff.Intake.Read:N0} events read");
        Line($"");
        UnderWay(impact);
        Line($"");
        InForce(impact);
        Line($"");
        Prompts();
        return _text.ToString();
    }

    private void UnderWay(PipelineChange impact)
    {
        var table = new TextTable();
        table.Add("what is under way", "users", "armed", "begun", "held", "journeys", "becomes");
        foreach (var trigger in impact.Triggers.Where(trigger => trigger.Users.Count > 0 || !trigger.IsKept))
            table.Add(
                $"  {trigger.Name} v{trigger.Version}", Number(trigger.Users.Count), Number(trigger.Armed), Number(trigger.Begun), Number(trigger.Held),
                Number(trigger.Journeys), Fate(trigger));
        _text.Append(table);
        if (diff.UsersCutOff.Count == 0) return;
        var shown = string.Join(' ', diff.UsersCutOff.Order(StringComparer.Ordinal).Take(UsersShownMax));
        Line($"  {diff.UsersCutOff.Count:N0} users lose something: {shown}{(diff.UsersCutOff.Count > UsersShownMax ? " ..." : "")}");
    }

    private void InForce(PipelineChange impact)
    {
        var table = new TextTable();
        table.Add("in force after it", "takes events from", "believed from");
        var changed = impact.To.Triggers.Where(trigger => trigger.ActiveFrom == diff.At || BelievedFrom(trigger) > EventTime.Beginning).ToList();
        foreach (var trigger in changed)
            table.Add($"  {trigger.Name} v{trigger.Definition.Version}", From(trigger.ActiveFrom), From(BelievedFrom(trigger)));
        _text.Append(table);
        Line($"  {impact.To.Triggers.Length - changed.Count} others as before");
    }

    private void Prompts()
    {
        var prompts = diff.Prompts;
        var (gained, lost) = (prompts.ByTrigger.Values.Sum(change => change.Gained), prompts.ByTrigger.Values.Sum(change => change.Lost));
        Line($"prompts: {prompts.Same:N0} the same, {gained:N0} gained, {lost:N0} lost");
        var table = new TextTable();
        foreach (var (name, change) in prompts.ByTrigger) table.Add($"  {name}", $"+{Number(change.Gained)}", $"-{Number(change.Lost)}");
        _text.Append(table);
        foreach (var (prompt, isGained) in prompts.Shown)
        {
            var instance = prompt.Instance.Length > 0 ? $"  {prompt.Instance}" : "";
            Line($"  {(isGained ? "gains" : "loses")}  {prompt.At}  {prompt.User}  {prompt.Trigger}{instance}");
        }
        if (prompts.Changes > prompts.Shown.Count) Line($"  and {prompts.Changes - prompts.Shown.Count:N0} more");
    }

    private static EventTime BelievedFrom(CompiledTrigger trigger) => EventTime.Max(trigger.FoundFrom, trigger.JudgedFrom);

    private static string Fate(TriggerImpact trigger)
    {
        var (under, ending) = (trigger.Armed + trigger.Begun + trigger.Held + trigger.Journeys, trigger.Ending);
        if (!trigger.IsKept && ending == under) return trigger.IsGone ? "ends: no such trigger" : "ends: another version";
        return $"{(trigger.Drains ? "drains" : "goes on")}{(ending > 0 ? $", but {Number(ending)} end" : "")}";
    }

    private static string From(EventTime at) => at == EventTime.Beginning ? "always" : at.ToString();

    private void Line(FormattableString line) => _text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Number(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
