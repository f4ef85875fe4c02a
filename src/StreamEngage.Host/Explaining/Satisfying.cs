using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Host.Explaining;

/// <summary>Property values for which a condition on an event may hold; whether it does is seen when it is tried.</summary>
internal static class Satisfying
{
    public static IEnumerable<(string Property, object? Value)> Of(Expression? condition) => condition switch
    {
        BinaryExpression { Operator: BinaryOperator.And } both => Of(both.Left).Concat(Of(both.Right)),
        BinaryExpression { Operator: BinaryOperator.Or } either => Of(either.Left),
        BinaryExpression { Left: NameExpression name, Right: LiteralExpression literal } compared => [(name.Property, Near(compared.Operator, literal))],
        InExpression { Operand: NameExpression name, Items: [LiteralExpression first, ..] } => [(name.Property, Plain(first))],
        BetweenExpression { Operand: NameExpression name, Low: LiteralExpression low } => [(name.Property, Plain(low))],
        IsNullExpression { Operand: NameExpression name, Negated: true } => [(name.Property, "given")],
        IsNullExpression { Operand: NameExpression name } => [(name.Property, null)],
        NameExpression name => [(name.Property, true)],
        _ => [],
    };

    private static object? Near(BinaryOperator op, LiteralExpression literal) => (op, literal.Type) switch
    {
        (BinaryOperator.Greater, ValueType.Number or ValueType.Duration) => literal.Number + 1,
        (BinaryOperator.Less, ValueType.Number or ValueType.Duration) => literal.Number - 1,
        (BinaryOperator.NotEqual, ValueType.Number or ValueType.Duration) => literal.Number + 1,
        (BinaryOperator.NotEqual, ValueType.Text) => $"not {literal.Text}",
        _ => Plain(literal),
    };

    public static object? Plain(LiteralExpression literal) => literal.Type switch
    {
        ValueType.Text => literal.Text,
        ValueType.Boolean => literal.Number != 0,
        ValueType.Null => null,
        _ => literal.Number,
    };
}
