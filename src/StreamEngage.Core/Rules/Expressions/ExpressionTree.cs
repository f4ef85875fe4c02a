namespace StreamEngage.Rules.Expressions;

/// <summary>Walks expressions.</summary>
internal static class ExpressionTree
{
    /// <summary>The expression and everything in it, windows' filters included, each before its parts.</summary>
    public static IEnumerable<Expression> Terms(Expression expression)
    {
        var open = new Stack<Expression>([expression]);
        while (open.TryPop(out var term))
        {
            yield return term;
            foreach (var part in Parts(term).Reverse())
                open.Push(part);
        }
    }

    /// <summary>The direct parts in the order written.</summary>
    public static IReadOnlyList<Expression> Parts(Expression expression) => expression switch
    {
        UnaryExpression unary => [unary.Operand],
        BinaryExpression binary => [binary.Left, binary.Right],
        InExpression of => [of.Operand, .. of.Items],
        BetweenExpression between => [between.Operand, between.Low, between.High],
        IsNullExpression isNull => [isNull.Operand],
        WindowExpression { Filter: { } filter } => [filter],
        CallExpression call => call.Arguments,
        _ => [],
    };
}
