namespace StreamEngage.Rules.Expressions;

/// <summary>Bounds of one expression, so that a rulebook cannot make reading or evaluating it arbitrarily slow.</summary>
internal static class ExpressionLimits
{
    /// <summary>Longest text of an expression, in UTF-16 characters.</summary>
    public const int TextMax = 4_096;

    /// <summary>Terms of the tree, windows' filters included.</summary>
    public const int NodesMax = 1_000;

    /// <summary>Nesting of parentheses, <c>not</c>, signs and calls. Chains such as <c>a and b and c</c> do not nest.</summary>
    public const int DepthMax = 32;

    /// <summary>Longest duration that can be written: 100,000 days, so that a sum of any two still fits in a long and in a double exactly.</summary>
    public const long DurationMax = 100_000L * 86_400_000;

    /// <summary>Longest rolling window in milliseconds: ten years of 366 days.</summary>
    public const long WindowMax = 3_660L * 86_400_000;
}
