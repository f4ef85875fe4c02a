namespace StreamEngage.Rules.Expressions;

/// <summary>What the operators that compare ask of an order.</summary>
internal static class ComparisonOperators
{
    /// <summary>Whether it holds of two values, by the sign of their order.</summary>
    public static bool Holds(this BinaryOperator comparison, int order) => comparison switch
    {
        BinaryOperator.Equal => order == 0,
        BinaryOperator.NotEqual => order != 0,
        BinaryOperator.Less => order < 0,
        BinaryOperator.LessOrEqual => order <= 0,
        BinaryOperator.Greater => order > 0,
        _ => order >= 0,
    };
}
