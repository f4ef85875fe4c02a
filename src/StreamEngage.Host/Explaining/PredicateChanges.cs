using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>What could make a trigger's <c>if</c> hold: a threshold at the value seen, an attribute, more events, a condition less.</summary>
internal sealed class PredicateChanges(Premise premise, TriggerDefinition trigger, Outcome outcome)
{
    private readonly Moment _moment = outcome.MomentIn(premise);
    private readonly TermValues _values = TermValues.OfConditions(premise, outcome, trigger.If!);

    public IEnumerable<IReadOnlyList<Change>> All()
    {
        var repairs = Conditions.Repairs(trigger.If!, wanted: true, _values).Where(set => set.Count > 0)
            .OrderBy(set => set.Count).ThenBy(set => set.Count(repair => repair.Instead is LiteralExpression)).ToList();
        foreach (var set in repairs.Where(set => set.Count == 1 && set[0].Instead is not LiteralExpression)) yield return Written(set);
        foreach (var change in Attributes().Concat(Events()).Concat(Stages())) yield return [change];
        foreach (var set in repairs.Where(set => set.Count > 1 || set[0].Instead is LiteralExpression)) yield return Written(set);
        // As many changes as conditions: only where they cannot be told one by one.
        if (repairs.Count > 0 && repairs[0].Count <= ExplainLimits.ChangesMax) yield break;
        yield return
        [
            new(ChangeKind.Rule, $"the rule did not ask for `{ExpressionText.Readable(trigger.If!)}`",
                changed => changed.WithTrigger(trigger, one => one with { If = null })),
        ];
    }

    private Change[] Written(IReadOnlyList<Repair> repairs) => [.. repairs.Select(repair => new Change(
        ChangeKind.Rule, repair.Says,
        changed => changed.WithTrigger(trigger, one => one with { If = one.If is { } written
            ? Conditions.Replace(written, repair.Condition, repair.Instead) : null })))];

    private IEnumerable<Change> Attributes() =>
        from condition in Failing().OfType<BinaryExpression>()
        where condition is { Operator: BinaryOperator.Equal or BinaryOperator.GreaterOrEqual or BinaryOperator.LessOrEqual }
        where condition is { Left: NameExpression { Scope: "user" }, Right: LiteralExpression }
        let name = ((NameExpression)condition.Left).Property
        let literal = (LiteralExpression)condition.Right
        select new Change(ChangeKind.Event, $"the user's {name} were {ExpressionText.Readable(literal)}",
            changed => changed.With(_moment, "profile_update", new KeyValuePair<string, object?>(name, Satisfying.Plain(literal))));

    private IEnumerable<Change> Stages() => Failing().Any(StageChanges.IsRead) ? StageChanges.For(premise, _moment) : [];

    /// <summary>One to some more events of each type that a failing condition reads.</summary>
    private IEnumerable<Change> Events()
    {
        var types = Failing().SelectMany(ExpressionTree.Terms).Select(TypeRead).OfType<string>().Distinct().Where(type => !EventTypes.Derived.Contains(type));
        foreach (var type in types)
            for (var count = 1; count <= ExplainLimits.AddedEventsMax; count++)
                if (Added(type, count) is { } change) yield return change;
    }

    private Change? Added(string type, int count)
    {
        var like = premise.Events.LastOrDefault(e => e.Type == type && e.At <= _moment.At);
        var says = $"{(count == 1 ? "one" : count)} more `{type}` had come just before";
        return new(ChangeKind.Event, says, changed =>
        {
            for (var i = 0; i < count; i++) changed = like is null ? changed.With(_moment, type) : changed.WithCopy(_moment, like);
            return changed;
        });
    }

    private IEnumerable<Expression> Failing() => Conditions.Leaves(trigger.If!).Where(leaf => !_values.IsTrue(leaf));

    private static string? TypeRead(Expression term) => term switch
    {
        WindowExpression window => window.EventType,
        CallExpression { Function: "since", Arguments: [LiteralExpression { Text: { } type }] } => type,
        _ => null,
    };
}
