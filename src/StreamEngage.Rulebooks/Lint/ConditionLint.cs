using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Conditions that can never hold or always do: predicates, where, until, segments, and filters of windows.</summary>
internal sealed class ConditionLint(RulebookDefinition rulebook, IReadOnlyCollection<string>? models, Findings findings)
{
    public void Check()
    {
        foreach (var segment in rulebook.Segments)
            Check(new RulebookTerm(segment.If, RulebookTypes.SegmentScope(rulebook, models), true));
        foreach (var trigger in rulebook.Triggers)
        {
            var terms = new TriggerTerms(trigger, rulebook, models);
            foreach (var term in terms.All())
                Check(term);
            CheckTogether(trigger, terms);
        }
    }

    private void Check(RulebookTerm term)
    {
        if (term.IsCondition)
            CheckCondition(term.Expression, term.Scope);
        foreach (var part in ExpressionTree.Terms(term.Expression))
        {
            if (part is WindowExpression { Filter: { } filter } window)
                CheckCondition(filter, term.Scope with { It = window.EventType, Place = "a window's where" });
            else if (part is BinaryExpression { Operator: < BinaryOperator.Add } comparison)
                CheckNull(comparison);
            else if (part is CallExpression { Function: "score", Arguments: [LiteralExpression { Text: { } model } literal] } && models is not { Count: > 0 })
                findings.Warn(literal.At, "no-model", $"no model is known here: score(\"{model}\") is null until one is deployed, and a comparison with null is false");
        }
    }

    private void CheckCondition(Expression condition, ExpressionScope scope)
    {
        var truth = new ConditionTruth(scope);
        if (truth.NeverTrue(condition) is { } conflict)
            findings.Warn(condition.At, "never-true", $"{Upper(scope.Place)} that can never hold: {conflict}");
        else if (truth.AlwaysTrue(condition))
            findings.Warn(condition.At, "always-true", $"{Upper(scope.Place)} that always holds: '{ExpressionText.Canonical(condition)}' is true whatever happens; leave it out");
    }

    private void CheckNull(BinaryExpression comparison)
    {
        var isLogic = comparison.Operator is BinaryOperator.And or BinaryOperator.Or;
        var withNull = IsNull(comparison.Left) || IsNull(comparison.Right);
        if (!isLogic && withNull)
            findings.Warn(comparison.At, "null-comparison", "a comparison with null is false, whatever the other side; write 'is null' or 'is not null'");
    }

    private static bool IsNull(Expression side) => ConstantValue.Of(side) is { Type: Rules.Expressions.ValueType.Null };

    /// <summary>The predicate is read with the event that its trigger's own where let through.</summary>
    private void CheckTogether(TriggerDefinition trigger, TriggerTerms terms)
    {
        var arming = trigger.On switch { EventOn on => on.Event, AbsenceOn on => on.After, _ => null };
        if (arming is not { Where: { } where } || trigger.If is not { } condition)
            return;
        var truth = new ConditionTruth(terms.Scope("an if", [arming.Type]), arming.Alias);
        if (truth.NeverTrue(condition) is not null || IsTimeBound(where) || truth.NeverTrue(where) is not null)
            return;
        if (truth.NeverBoth(where, condition) is { } conflict)
            findings.Warn(condition.At, "never-true", $"An if that can never hold after the where of its event: {conflict}");
    }

    /// <remarks>At a deadline windows and the clock read otherwise than when the event armed it; properties do not.</remarks>
    private static bool IsTimeBound(Expression where) =>
        ExpressionTree.Terms(where).Any(t => t is WindowExpression or CallExpression || t is NameExpression { Scope: "user" or "session" });

    private static string Upper(string place) => char.ToUpperInvariant(place[0]) + place[1..];
}
