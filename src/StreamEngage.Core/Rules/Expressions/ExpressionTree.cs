namespace StreamEngage.Rules.Expressions;

/// <summary>Walks the terms of an expression.</summary>
internal static class ExpressionTree
{
    /// <summary>The expression and every term below it, from left to right.</summary>
    public static IEnumerable<Expression> Terms(Expression expression) =>
        Children(expression).SelectMany(Terms).Prepend(expression);

    private static IEnumerable<Expression> Children(Expression expression) => expression switch
    {
        UnaryExpression unary => [unary.Operand],
        BinaryExpression binary => [binary.Left, binary.Right],
        InExpression of => of.Items.Prepend(of.Operand),
        BetweenExpression between => [between.Operand, between.Low, between.High],
        IsNullExpression isNull => [isNull.Operand],
        WindowExpression { Filter: { } filter } => [filter],
        CallExpression call => call.Arguments,
        _ => [],
    };
}
