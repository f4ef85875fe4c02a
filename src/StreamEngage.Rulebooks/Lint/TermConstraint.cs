using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>What a value can be at run time.</summary>
[Flags]
internal enum Kinds
{
    None = 0,
    Null = 1,
    Number = 2,
    Text = 4,
    Boolean = 8,
    List = 16,
    Anything = Null | Number | Text | Boolean | List,
}

/// <summary>What one comparison demands of one term.</summary>
/// <param name="Term">The term.</param>
/// <param name="Key">Its canonical text: terms of one text have one value.</param>
/// <param name="Kinds">What it may be.</param>
/// <param name="Source">The comparison as it is shown to people.</param>
internal sealed record TermConstraint(Expression Term, string Key, Kinds Kinds, string Source)
{
    /// <summary>Where a number must lie.</summary>
    public Interval Range { get; init; } = Interval.All;

    /// <summary>A string or boolean it must be, or null.</summary>
    public object? Equal { get; init; }

    /// <summary>A number, string or boolean it must not be, or null.</summary>
    public object? Excluded { get; init; }
}

/// <summary>What is known of a term before anything is demanded of it.</summary>
internal static class TermRange
{
    public static Kinds KindsOf(Expression term, ValueType type)
    {
        var kinds = type switch
        {
            ValueType.Number or ValueType.Duration => Kinds.Number,
            ValueType.Text => Kinds.Text,
            ValueType.Boolean => Kinds.Boolean,
            ValueType.Null => Kinds.None,
            _ => Kinds.Anything,
        };
        return NeverNull(term) ? kinds & ~Kinds.Null : kinds | Kinds.Null;
    }

    public static bool IsWhole(Expression term) => term switch
    {
        WindowExpression { Function: WindowFunction.Count or WindowFunction.Distinct } => true,
        CallExpression { Function: "local_hour" or "local_weekday" or "round" } => true,
        NameExpression { Scope: "user", Property: "frequency" or "r_score" or "f_score" or "m_score" } => true,
        _ => false,
    };

    public static Interval Of(Expression term) => term switch
    {
        LiteralExpression { Type: ValueType.Number or ValueType.Duration } literal => Interval.Point(literal.Number),
        WindowExpression { Function: WindowFunction.Count or WindowFunction.Distinct } => Interval.From(0),
        CallExpression { Function: "since" or "abs" } => Interval.From(0),
        CallExpression { Function: "local_hour" } => Interval.Closed(0, 23),
        CallExpression { Function: "local_weekday" } => Interval.Closed(0, 7),
        NameExpression { Scope: "session", Property: "count" or "duration" } => Interval.From(0),
        NameExpression { Scope: "user", Property: "r_score" or "f_score" or "m_score" } => Interval.From(1),
        NameExpression { Scope: "user", Property: "recency" or "frequency" } => Interval.From(0),
        UnaryExpression { Operator: UnaryOperator.Negate } unary => Of(unary.Operand).Negated(),
        BinaryExpression { Operator: BinaryOperator.Add } sum => Of(sum.Left).Plus(Of(sum.Right)),
        BinaryExpression { Operator: BinaryOperator.Subtract } difference => Of(difference.Left).Plus(Of(difference.Right).Negated()),
        _ => Interval.All,
    };

    private static bool NeverNull(Expression term) => term switch
    {
        LiteralExpression literal => literal.Type != ValueType.Null,
        WindowExpression { Function: WindowFunction.Count or WindowFunction.Distinct or WindowFunction.Sum } => true,
        CallExpression { Function: "local_hour" or "local_weekday" or "segment" } => true,
        NameExpression { Scope: "event" or "it", Property: "type" or "at" } => true,
        NameExpression { Scope: "user", Property: "frequency" or "monetary" } => true,
        BinaryExpression { Operator: BinaryOperator.Add or BinaryOperator.Subtract or BinaryOperator.Multiply } sum =>
            NeverNull(sum.Left) && NeverNull(sum.Right),
        UnaryExpression { Operator: UnaryOperator.Negate } unary => NeverNull(unary.Operand),
        _ => false,
    };
}
