using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>What could lead to another stage: activities that bring the user back, or thresholds at the times that were seen.</summary>
internal static class StageChanges
{
    /// <summary>The condition asks for the stage, or for a segment of one.</summary>
    public static bool IsRead(Expression condition) => ExpressionTree.Terms(condition).Any(term => term switch
    {
        NameExpression { Scope: "user", Property: "stage" } => true,
        CallExpression { Function: "segment", Arguments: [LiteralExpression { Text: { } name }] } => IsStage(name),
        _ => false,
    });

    public static bool IsStage(string segment) => segment.StartsWith(LifecycleStages.SegmentPrefix, StringComparison.Ordinal);

    public static IEnumerable<Change> For(Premise premise, Moment moment)
    {
        var life = premise.Rules.Policy.Lifecycle;
        var active = premise.Events.Where(e => IsActivity(e, life) && e.At <= moment.At).ToList();
        if (active.Count == 0) yield break;
        yield return CameBack(life.Return, active[^1], moment);
        // The event that is decided may be an activity of its own, after a silence.
        var (known, age) = (active.Where(e => e.Id != moment.Before), moment.At - active.Min(e => e.At));
        foreach (var last in active.OrderByDescending(e => e.At).Take(1).Concat(known.OrderByDescending(e => e.At).Take(1)).Distinct())
            foreach (var policy in Others(life, moment.At - last.At, age).Where(other => other != life && IsInOrder(other)).Distinct())
                yield return new(ChangeKind.Rule, $"the policy said lifecycle: {{{Differences(life, policy)}}}",
                    changed => changed.WithPolicy(one => one with { Lifecycle = policy }));
    }

    private static bool IsActivity(UserEvent e, LifecyclePolicy life) => !e.IsAside
        && (life.Of.Count > 0 ? life.Of.Contains(e.Type) : !EventTypes.Control.Contains(e.Type) && !EventTypes.Derived.Contains(e.Type));

    private static Change CameBack(int count, UserEvent like, Moment moment) => new(
        ChangeKind.Event, $"{(count == 1 ? "one" : count)} more `{like.Type}` had come just before, to be back", changed =>
        {
            for (var i = 0; i < count; i++) changed = changed.WithCopy(moment, like);
            return changed;
        });

    /// <summary>Each stage, where its threshold alone would lead to it or from it.</summary>
    private static IEnumerable<LifecyclePolicy> Others(LifecyclePolicy life, long silence, long age)
    {
        const long never = 10 * 365 * 86_400_000L;
        var fallen = Math.Max(silence, 1);
        yield return life with { NewMilliseconds = age < life.NewMilliseconds ? Math.Max(age, 1) : age + 1 };
        if (silence >= life.AtRiskMilliseconds) yield return Apart(life with { AtRiskMilliseconds = silence + 1 });
        else yield return life with { AtRiskMilliseconds = fallen };
        if (silence >= life.DormantMilliseconds) yield return Apart(life with { DormantMilliseconds = silence + 1 });
        else yield return Below(life with { DormantMilliseconds = fallen });
        if (silence >= life.ChurnedMilliseconds) yield return life with { ChurnedMilliseconds = silence + 1 };
        else yield return Below(life with { ChurnedMilliseconds = fallen });
        // Nobody falls silent, so nobody has to come back either.
        yield return life with { AtRiskMilliseconds = never, DormantMilliseconds = never + 1, ChurnedMilliseconds = never + 2 };
        yield return life with { ResurrectedMilliseconds = age + 1 };
        yield return life with { ResurrectedMilliseconds = 1 };
        yield return life with { Return = 1 };
    }

    private static bool IsInOrder(LifecyclePolicy life) =>
        life.AtRiskMilliseconds > 0 && life.AtRiskMilliseconds < life.DormantMilliseconds && life.DormantMilliseconds < life.ChurnedMilliseconds;

    /// <summary>The deeper stages stay deeper.</summary>
    private static LifecyclePolicy Apart(LifecyclePolicy life)
    {
        var dormant = Math.Max(life.DormantMilliseconds, life.AtRiskMilliseconds + 1);
        return life with { DormantMilliseconds = dormant, ChurnedMilliseconds = Math.Max(life.ChurnedMilliseconds, dormant + 1) };
    }

    /// <summary>The lighter stages stay lighter.</summary>
    private static LifecyclePolicy Below(LifecyclePolicy life)
    {
        var dormant = Math.Min(life.DormantMilliseconds, life.ChurnedMilliseconds - 1);
        return life with { DormantMilliseconds = dormant, AtRiskMilliseconds = Math.Min(life.AtRiskMilliseconds, dormant - 1) };
    }

    private static string Differences(LifecyclePolicy before, LifecyclePolicy after)
    {
        var others = ((string Name, long Before, long After)[])
        [
            ("new", before.NewMilliseconds, after.NewMilliseconds),
            ("at_risk", before.AtRiskMilliseconds, after.AtRiskMilliseconds),
            ("dormant", before.DormantMilliseconds, after.DormantMilliseconds),
            ("churned", before.ChurnedMilliseconds, after.ChurnedMilliseconds),
            ("resurrected", before.ResurrectedMilliseconds, after.ResurrectedMilliseconds),
        ];
        var times = others.Where(one => one.Before != one.After).Select(one => $"{one.Name}: {Spoken.Duration(one.After)}");
        return string.Join(", ", before.Return == after.Return ? times : times.Append($"return: {after.Return}"));
    }
}
