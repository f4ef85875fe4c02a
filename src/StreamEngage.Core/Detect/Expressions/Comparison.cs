using StreamEngage.Events;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Detect.Expressions;

/// <summary>
/// Two values compared. With null it is false, <c>!=</c> too; of unlike kinds only <c>!=</c> is true; texts ordinally by UTF-8 bytes.
/// </summary>
internal sealed class Comparison(BinaryOperator comparison, CompiledExpression left, CompiledExpression right)
    : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => Value.Of(Holds(scope));

    public override bool Holds(in Scope scope) => Holds(comparison, left.Evaluate(scope), right.Evaluate(scope));

    public override long NextChange(in Scope scope) => Math.Min(left.NextChange(scope), right.NextChange(scope));

    public static bool Holds(BinaryOperator comparison, in Value a, in Value b)
    {
        if (a.IsNull || b.IsNull) return false;
        if (a.Kind != b.Kind || a.Kind == ValueKind.List)
            return comparison == BinaryOperator.NotEqual ? a != b : comparison == BinaryOperator.Equal && a == b;
        var order = a.Kind == ValueKind.Text ? a.Text.CompareTo(b.Text) : a.Number.CompareTo(b.Number);
        return comparison.Holds(order);
    }
}

/// <summary>A number compared with a constant: the commonest condition, without building values.</summary>
internal sealed class NumberComparison(BinaryOperator comparison, CompiledExpression left, double constant)
    : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => Value.Of(Holds(scope));

    public override bool Holds(in Scope scope)
    {
        var value = left.Evaluate(scope);
        if (value.Kind != ValueKind.Number) return comparison == BinaryOperator.NotEqual && !value.IsNull;
        return comparison switch
        {
            BinaryOperator.Equal => value.Number == constant,
            BinaryOperator.NotEqual => value.Number != constant,
            BinaryOperator.Less => value.Number < constant,
            BinaryOperator.LessOrEqual => value.Number <= constant,
            BinaryOperator.Greater => value.Number > constant,
            _ => value.Number >= constant,
        };
    }

    public override long NextChange(in Scope scope) =>
        left is Since since ? since.NextCrossing(scope, (long)constant) : left.NextChange(scope);
}

/// <summary><c>x between low and high</c>, both ends included.</summary>
internal sealed class Between(CompiledExpression operand, CompiledExpression low, CompiledExpression high)
    : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var value = operand.Evaluate(scope);
        return Value.Of(
            Comparison.Holds(BinaryOperator.GreaterOrEqual, value, low.Evaluate(scope))
            && Comparison.Holds(BinaryOperator.LessOrEqual, value, high.Evaluate(scope)));
    }

    public override long NextChange(in Scope scope)
    {
        if (operand is Since since && low is Constant from && high is Constant to)
            return Math.Min(since.NextCrossing(scope, (long)from.Value.Number), since.NextCrossing(scope, (long)to.Value.Number));
        return Math.Min(operand.NextChange(scope), Math.Min(low.NextChange(scope), high.NextChange(scope)));
    }
}
