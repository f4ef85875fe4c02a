using StreamEngage.Events;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>A predicate taken apart at its <c>and</c>, <c>or</c> and <c>not</c>.</summary>
internal static class Conditions
{
    /// <summary>The conditions between the connectives, in the order written, connectives included before their parts.</summary>
    public static IEnumerable<Expression> All(Expression expression)
    {
        yield return expression;
        foreach (var part in Connected(expression).SelectMany(All)) yield return part;
    }

    public static IEnumerable<Expression> Leaves(Expression expression) => All(expression).Where(one => Connected(one).Count == 0);

    /// <summary>What a condition compares.</summary>
    public static IEnumerable<Expression> Sides(Expression condition) => Connected(condition).Count > 0 || condition is CallExpression
        ? [] : ExpressionTree.Parts(condition).Where(part => part is not LiteralExpression);

    /// <summary>The expression with one of its conditions, known by reference, replaced.</summary>
    public static Expression Replace(Expression within, Expression condition, Expression replacement) => within switch
    {
        _ when ReferenceEquals(within, condition) => replacement,
        BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } both => both with
        {
            Left = Replace(both.Left, condition, replacement),
            Right = Replace(both.Right, condition, replacement),
        },
        UnaryExpression { Operator: UnaryOperator.Not } not => not with { Operand = Replace(not.Operand, condition, replacement) },
        _ => within,
    };

    /// <summary>Ways to make the expression come out as wanted: each a set of conditions with what to write instead.</summary>
    public static IEnumerable<IReadOnlyList<Repair>> Repairs(Expression expression, bool wanted, TermValues values) => expression switch
    {
        _ when values.IsTrue(expression) == wanted => [[]],
        UnaryExpression { Operator: UnaryOperator.Not } not => Repairs(not.Operand, !wanted, values),
        BinaryExpression { Operator: BinaryOperator.And } both => Join(both, wanted, needsBoth: wanted, values),
        BinaryExpression { Operator: BinaryOperator.Or } both => Join(both, wanted, needsBoth: !wanted, values),
        _ => [.. Thresholds.Of(expression, wanted, values).Append(Given(expression, wanted)).Select(repair => new[] { repair })],
    };

    private static IReadOnlyList<Expression> Connected(Expression expression) => expression switch
    {
        BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } both => [both.Left, both.Right],
        UnaryExpression { Operator: UnaryOperator.Not } not => [not.Operand],
        _ => [],
    };

    private static IEnumerable<IReadOnlyList<Repair>> Join(BinaryExpression both, bool wanted, bool needsBoth, TermValues values)
    {
        var (left, right) = (Repairs(both.Left, wanted, values), Repairs(both.Right, wanted, values));
        IEnumerable<IReadOnlyList<Repair>> joined = needsBoth
            ? from one in left from other in right select (IReadOnlyList<Repair>)[.. one, .. other]
            : left.Concat(right);
        return joined.OrderBy(repairs => repairs.Count).Take(ExplainLimits.RepairsMax);
    }

    /// <summary>The condition left out.</summary>
    private static Repair Given(Expression condition, bool wanted) =>
        new(condition, new LiteralExpression(condition.At, Rules.Expressions.ValueType.Boolean, wanted ? 1 : 0, null));
}

/// <summary>One condition and what to write instead.</summary>
internal sealed record Repair(Expression Condition, Expression Instead)
{
    public string Says => Instead is LiteralExpression
        ? $"the rule did not ask for `{ExpressionText.Readable(Condition)}`"
        : $"the rule said `{ExpressionText.Readable(Instead)}` instead of `{ExpressionText.Readable(Condition)}`";
}

/// <summary>One literal of a condition moved to the value that was seen.</summary>
internal static class Thresholds
{
    public static IEnumerable<Repair> Of(Expression condition, bool wanted, TermValues values)
    {
        Expression? instead = condition switch
        {
            BinaryExpression { Right: LiteralExpression literal } compared => Moved(compared, values[compared.Left], literal, wanted),
            BinaryExpression { Left: LiteralExpression literal } compared =>
                Moved(compared, values[compared.Right], literal, wanted) is { } moved ? moved with { Left = moved.Right, Right = compared.Right } : null,
            BetweenExpression { Low: LiteralExpression, High: LiteralExpression } range when wanted => Widened(range, values),
            InExpression { Items: [LiteralExpression first, ..] } list when wanted && Seen(values[list.Operand], first) is { } seen =>
                list with { Items = [.. list.Items, seen] },
            _ => null,
        };
        return instead is null ? [] : [new(condition, instead)];
    }

    /// <summary>The comparison with the value seen to its right.</summary>
    private static BinaryExpression? Moved(BinaryExpression compared, Value? value, LiteralExpression literal, bool wanted) =>
        Seen(value, literal) is { } seen && OperatorFor(compared.Operator, wanted) is { } op ? compared with { Operator = op, Right = seen } : null;

    /// <summary>The operator that holds (or does not) when both sides are equal.</summary>
    private static BinaryOperator? OperatorFor(BinaryOperator op, bool wanted) => (op, wanted) switch
    {
        (BinaryOperator.Less or BinaryOperator.LessOrEqual, true) => BinaryOperator.LessOrEqual,
        (BinaryOperator.Greater or BinaryOperator.GreaterOrEqual, true) => BinaryOperator.GreaterOrEqual,
        (BinaryOperator.Equal, true) => op,
        (BinaryOperator.Less or BinaryOperator.LessOrEqual, false) => BinaryOperator.Less,
        (BinaryOperator.Greater or BinaryOperator.GreaterOrEqual, false) => BinaryOperator.Greater,
        (BinaryOperator.NotEqual, false) => op,
        _ => null,
    };

    private static BetweenExpression? Widened(BetweenExpression range, TermValues values)
    {
        if (Seen(values[range.Operand], (LiteralExpression)range.Low) is not { Text: null } seen) return null;
        return seen.Number < ((LiteralExpression)range.Low).Number ? range with { Low = seen } : range with { High = seen };
    }

    /// <summary>The value as a literal like the one that stands there; null where they are of two kinds.</summary>
    private static LiteralExpression? Seen(Value? value, LiteralExpression like) => (value?.Kind, like.Type) switch
    {
        (ValueKind.Number, Rules.Expressions.ValueType.Number or Rules.Expressions.ValueType.Duration) => like with { Number = value!.Value.Number },
        (ValueKind.Boolean, Rules.Expressions.ValueType.Boolean) => like with { Number = value!.Value.IsTrue ? 1 : 0 },
        (ValueKind.Text, Rules.Expressions.ValueType.Text) => like with { Text = value!.Value.Text.ToString() },
        _ => null,
    };
}
