using StreamEngage.Detect;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>What could have been otherwise where a change of the rulebook ended a candidate, or came too shortly before it.</summary>
internal static class ReignChanges
{
    /// <summary>Longer than a local day or week ever is.</summary>
    private const long DayMilliseconds = 26 * 3_600_000L, WeekMilliseconds = 170 * 3_600_000L;

    /// <summary>A window that the change brought was not complete yet.</summary>
    public static IEnumerable<Change> Backfill(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        if (premise.Since is { } since)
            foreach (var length in TriggerExpressions.Of(trigger).SelectMany(ExpressionTree.Terms).OfType<WindowExpression>().Select(Length).Distinct().Order())
                if (GateChanges.Later(outcome, length - (outcome.MadeAt - since)) is { } later) yield return later;
        yield return new(ChangeKind.Rule, $"{trigger.Name} had been in the rulebook from the start",
            changed => changed with { Former = [.. changed.Former.Select(former => With(former, changed.Rules, trigger.Name))] });
        yield return new(ChangeKind.Rule, "the rulebook had been as it is from the start",
            changed => changed with { Former = [.. changed.Former.Select(_ => changed.Rules)] });
    }

    /// <summary>The next rulebook does not have it any more, or has another version that does not go on with it.</summary>
    public static IEnumerable<Change> Retired(Premise premise, TriggerDefinition trigger)
    {
        if (premise.Next.Count == 0) yield break;
        if (premise.Next[0].Triggers.Any(one => one.Name == trigger.Name))
            yield return new(ChangeKind.Rule, $"the next version of {trigger.Name} said on_upgrade: keep", changed => changed with
            {
                Next = [.. changed.Next.Select(next => next with { Triggers = [.. next.Triggers.Select(one => Kept(one, trigger.Name))] })],
            });
        yield return new(ChangeKind.Rule, $"version {trigger.Version} of {trigger.Name} were still in the next rulebook",
            changed => changed with { Next = [.. changed.Next.Select(next => With(next, changed.Rules, trigger.Name))] });
    }

    private static TriggerDefinition Kept(TriggerDefinition trigger, string name) =>
        trigger.Name == name ? trigger with { OnUpgrade = UpgradeMode.Keep } : trigger;

    /// <summary>A trigger of another rulebook, and what it refers to, in place of its own of that name.</summary>
    private static RulebookDefinition With(RulebookDefinition rulebook, RulebookDefinition other, string name) => rulebook with
    {
        Triggers = [.. rulebook.Triggers.Where(one => one.Name != name).Concat(other.Triggers.Where(one => one.Name == name))
            .OrderBy(one => one.Name, StringComparer.Ordinal)],
        Segments = Joined(rulebook.Segments, other.Segments, one => one.Name),
        Models = Joined(rulebook.Models, other.Models, one => one.Name),
        Templates = Joined(rulebook.Templates, other.Templates, one => one.Name),
    };

    private static List<T> Joined<T>(IEnumerable<T> own, IEnumerable<T> others, Func<T, string> name) =>
        [.. own.Concat(others).DistinctBy(name).OrderBy(name, StringComparer.Ordinal)];

    private static long Length(WindowExpression window) => window.Unit switch
    {
        WindowUnit.Rolling => window.LengthMilliseconds,
        WindowUnit.Today => DayMilliseconds,
        _ => WeekMilliseconds,
    };
}
