using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>The value of an expression that names nothing.</summary>
internal static class ConstantValue
{
    /// <summary>The literal it is worth; null when it depends on anything.</summary>
    public static LiteralExpression? Of(Expression expression) => expression switch
    {
        LiteralExpression literal => literal,
        UnaryExpression { Operator: UnaryOperator.Negate } unary when Of(unary.Operand) is { } operand => Negated(operand),
        BinaryExpression { Operator: >= BinaryOperator.Add } binary when Of(binary.Left) is { } left && Of(binary.Right) is { } right =>
            Calculated(binary.Operator, left, right),
        _ => null,
    };

    /// <summary>Whether two constants compare so; nothing compares with null, nor with a value of another kind.</summary>
    public static bool Compares(BinaryOperator op, LiteralExpression left, LiteralExpression right)
    {
        if (left.Type == ValueType.Null || right.Type == ValueType.Null)
            return false;
        if (left.Type == ValueType.Text != (right.Type == ValueType.Text))
            return op == BinaryOperator.NotEqual;
        var order = left.Type == ValueType.Text ? string.CompareOrdinal(left.Text, right.Text) : left.Number.CompareTo(right.Number);
        return op.Holds(order);
    }

    private static LiteralExpression Negated(LiteralExpression operand) =>
        operand.Type == ValueType.Null ? operand : operand with { Number = -operand.Number };

    private static LiteralExpression Calculated(BinaryOperator op, LiteralExpression left, LiteralExpression right)
    {
        var (a, b) = (left.Number, right.Number);
        var isNull = left.Type == ValueType.Null || right.Type == ValueType.Null || (op == BinaryOperator.Divide && b == 0);
        var durations = (left.Type == ValueType.Duration ? 1 : 0) + (right.Type == ValueType.Duration ? 1 : 0);
        var type = isNull ? ValueType.Null : durations == 0 || (durations == 2 && op == BinaryOperator.Divide) ? ValueType.Number : ValueType.Duration;
        var value = op switch
        {
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.Multiply => a * b,
            _ => b == 0 ? 0 : a / b,
        };
        return new LiteralExpression(left.At, type, isNull ? 0 : value, null);
    }
}
