using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Tests.Naive;

/// <summary>The value of an expression, walked term by term.</summary>
internal static class NaiveExpression
{
    /// <summary>A null condition does not hold.</summary>
    public static bool Holds(Expression? condition, NaiveScope scope) => condition is null || Value(condition, scope) is true;

    public static object? Value(Expression expression, NaiveScope scope) => expression switch
    {
        LiteralExpression literal => Literal(literal),
        NameExpression name => scope.Read(name),
        UnaryExpression unary => Unary(unary, scope),
        BinaryExpression binary => Binary(binary, scope),
        InExpression of => In(Value(of.Operand, scope), of.Items.Select(i => Value(i, scope))),
        BetweenExpression between => Between(between, scope),
        IsNullExpression isNull => Value(isNull.Operand, scope) is null != isNull.Negated,
        WindowExpression window => NaiveWindow.Value(window, scope),
        CallExpression call => Call(call, scope),
        _ => throw new NotSupportedException(expression.ToString()),
    };

    private static object? Literal(LiteralExpression literal) => literal.Type switch
    {
        ValueType.Null => null,
        ValueType.Text => literal.Text,
        ValueType.Boolean => literal.Number != 0,
        _ => literal.Number,
    };

    private static object? Unary(UnaryExpression unary, NaiveScope scope) =>
        (unary.Operator, Value(unary.Operand, scope)) switch
        {
            (UnaryOperator.Not, bool b) => !b,
            (UnaryOperator.Negate, double d) => -d,
            _ => null,
        };

    private static object? Binary(BinaryExpression binary, NaiveScope scope)
    {
        var (a, b) = (Value(binary.Left, scope), Value(binary.Right, scope));
        return binary.Operator switch
        {
            BinaryOperator.And => Either(false, a, b),
            BinaryOperator.Or => Either(true, a, b),
            BinaryOperator.Equal => NaiveValue.Same(a, b),
            BinaryOperator.NotEqual => a is not null && b is not null && !NaiveValue.Same(a, b),
            BinaryOperator.Less => NaiveValue.Order(a, b) < 0,
            BinaryOperator.LessOrEqual => NaiveValue.Order(a, b) <= 0,
            BinaryOperator.Greater => NaiveValue.Order(a, b) > 0,
            BinaryOperator.GreaterOrEqual => NaiveValue.Order(a, b) >= 0,
            _ => a is double x && b is double y ? Arithmetic(binary.Operator, x, y) : null,
        };
    }

    /// <summary>One operand with the deciding value decides; otherwise null if either is null.</summary>
    private static bool? Either(bool deciding, object? a, object? b) =>
        deciding.Equals(a) || deciding.Equals(b) ? deciding : a is bool && b is bool ? !deciding : null;

    private static object? Arithmetic(BinaryOperator op, double x, double y) => op switch
    {
        BinaryOperator.Add => x + y,
        BinaryOperator.Subtract => x - y,
        BinaryOperator.Multiply => x * y,
        _ => y == 0 ? null : x / y,
    };

    private static bool In(object? operand, IEnumerable<object?> items) => operand is IEnumerable<object?> list
        ? list.Any(element => items.Any(i => NaiveValue.Same(element, i)))
        : items.Any(i => NaiveValue.Same(operand, i));

    private static bool Between(BetweenExpression between, NaiveScope scope)
    {
        var value = Value(between.Operand, scope);
        return NaiveValue.Order(value, Value(between.Low, scope)) >= 0 && NaiveValue.Order(value, Value(between.High, scope)) <= 0;
    }

    private static object? Call(CallExpression call, NaiveScope scope)
    {
        if (call.Function == "coalesce")
            return call.Arguments.Select(a => Value(a, scope)).FirstOrDefault(v => v is not null);
        var values = call.Arguments.Select(a => Value(a, scope)).ToList();
        return (call.Function, values.ElementAtOrDefault(0), values.ElementAtOrDefault(1)) switch
        {
            ("score", string name, _) => NaiveModel.Score(scope.User.Rulebook, name, scope.User, scope.At),
            ("since", string type, _) => NaiveWindow.Since(type, scope),
            ("segment", string name, _) => scope.User.IsMember(name),
            ("local_hour", _, _) => (double)scope.User.LocalTime(scope.At).Hour,
            ("local_weekday", _, _) => (double)(((int)scope.User.LocalTime(scope.At).DayOfWeek + 6) % 7 + 1),
            ("lower", string text, _) => text.ToLowerInvariant(),
            ("contains", string text, string part) => text.Contains(part, StringComparison.Ordinal),
            ("contains", IEnumerable<object?> list, { } element) => list.Any(i => NaiveValue.Same(i, element)),
            ("starts_with", string text, string part) => text.StartsWith(part, StringComparison.Ordinal),
            ("contains" or "starts_with", _, _) => false,
            ("abs", double number, _) => Math.Abs(number),
            ("round", double number, _) => Math.Round(number, MidpointRounding.AwayFromZero),
            _ => null,
        };
    }
}
