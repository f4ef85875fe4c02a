namespace StreamEngage.Rules.Expressions;

/// <summary>The names the language knows.</summary>
internal static class ExpressionFunctions
{
    /// <summary>The aggregates that are read over a window.</summary>
    public static readonly IReadOnlyDictionary<string, WindowFunction> Windows =
        Enum.GetValues<WindowFunction>().ToDictionary(f => f.ToString().ToLowerInvariant(), StringComparer.Ordinal);

    /// <summary>The plain functions with the least and greatest number of their arguments.</summary>
    public static readonly IReadOnlyDictionary<string, (int Min, int Max)> Plain =
        new Dictionary<string, (int, int)>(StringComparer.Ordinal)
        {
            ["since"] = (1, 1),
            ["score"] = (1, 1),
            ["segment"] = (1, 1),
            ["local_hour"] = (0, 0),
            ["local_weekday"] = (0, 0),
            ["lower"] = (1, 1),
            ["contains"] = (2, 2),
            ["starts_with"] = (2, 2),
            ["abs"] = (1, 1),
            ["round"] = (1, 1),
            ["coalesce"] = (2, 16),
        };

    /// <summary>The words that are neither names nor functions.</summary>
    public static readonly IReadOnlyList<string> Keywords =
        ["or", "and", "not", "in", "between", "is", "null", "true", "false", "where", "by", "over", "every", "today", "this", "week"];

    /// <summary>The names before the dot that are always there.</summary>
    public static readonly IReadOnlyList<string> Scopes = ["event", "it", "user", "session"];
}
