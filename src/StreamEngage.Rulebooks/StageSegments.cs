using StreamEngage.Detect;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rulebooks;

/// <summary>Segments that no file has to say: <c>lifecycle/at-risk</c> has the users of that stage.</summary>
internal static class StageSegments
{
    public static IReadOnlyList<string> Names { get; } = [.. LifecycleStages.Names.Select(name => LifecycleStages.SegmentPrefix + name)];

    /// <summary>Those that the triggers, segments and models name.</summary>
    public static IEnumerable<SegmentDefinition> NamedIn(RulebookDefinition rulebook)
    {
        var named = Expressions(rulebook).SelectMany(ExpressionTree.Terms).OfType<CallExpression>()
            .Where(call => call.Function == "segment").Select(call => call.Arguments[0]).OfType<LiteralExpression>()
            .Where(literal => literal.Text is not null).Select(literal => (literal.Text!, literal.At));
        return rulebook.Triggers.Select(trigger => trigger.On).OfType<SegmentOn>().Select(on => (on.Segment, on.At)).Concat(named)
            .DistinctBy(reference => reference.Item1, StringComparer.Ordinal)
            .Where(reference => Names.Contains(reference.Item1, StringComparer.Ordinal))
            .Select(reference => Of(reference.Item1, reference.Item2));
    }

    private static SegmentDefinition Of(string name, SourcePosition at)
    {
        var stage = new LiteralExpression(at, ValueType.Text, 0, name[LifecycleStages.SegmentPrefix.Length..]);
        return new(at, name, new BinaryExpression(at, BinaryOperator.Equal, new NameExpression(at, "user", "stage"), stage));
    }

    private static IEnumerable<Expression> Expressions(RulebookDefinition rulebook) => rulebook.Triggers.SelectMany(TriggerExpressions.Of)
        .Concat(rulebook.Segments.Select(segment => segment.If))
        .Concat(rulebook.Models.SelectMany(model => model.Features).Select(feature => feature.Value));
}
