using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>Windows: every event of the user looked at again each time.</summary>
internal static class NaiveWindow
{
    public static object? Value(WindowExpression window, NaiveScope scope)
    {
        var counted = scope.User.Past
            .Where(e => e.Type == window.EventType && Covers(window, scope, e) && Counts(window, scope, e));
        if (window.Function == WindowFunction.Count)
            return (double)counted.Count();
        var values = counted
            .Select(e => (e.At, Value: e.Property(window.Property!)))
            .Where(v => v.Value is not null)
            .OrderBy(v => v.At).ThenBy(v => v.Value, Comparer<object?>.Create(NaiveValue.TotalOrder))
            .Select(v => v.Value!).ToList();
        return Aggregate(window.Function, values);
    }

    /// <summary>Milliseconds since the last event of the type at or before the instant; null if there was none.</summary>
    public static object? Since(string type, NaiveScope scope)
    {
        var times = scope.User.Past.Where(e => e.Type == type && e.At <= scope.At).Select(e => e.At).ToList();
        return times.Count == 0 ? null : (double)(scope.At - times.Max());
    }

    private static bool Covers(WindowExpression window, NaiveScope scope, NaiveEvent e) => e.At <= scope.At && window.Unit switch
    {
        WindowUnit.Today => e.At >= scope.User.StartOfDay(scope.At),
        WindowUnit.ThisWeek => e.At >= scope.User.StartOfWeek(scope.At),
        _ => e.At > scope.At - window.LengthMilliseconds,
    };

    private static bool Counts(WindowExpression window, NaiveScope scope, NaiveEvent e) =>
        NaiveExpression.Holds(window.Filter, scope with { It = e }) &&
        (window.By is not { } by || NaiveValue.Same(e.Property(by), scope.Event?.Property(by)));

    private static object? Aggregate(WindowFunction function, List<object> values)
    {
        var numbers = values.OfType<double>().ToList();
        return function switch
        {
            WindowFunction.Distinct => (double)values.Distinct().Count(),
            WindowFunction.First => values.FirstOrDefault(),
            WindowFunction.Last => values.LastOrDefault(),
            WindowFunction.Sum => numbers.Sum(),
            _ when numbers.Count == 0 => null,
            WindowFunction.Avg => numbers.Sum() / numbers.Count,
            WindowFunction.Min => numbers.Min(),
            WindowFunction.Max => numbers.Max(),
            _ => throw new NotSupportedException(function.ToString()),
        };
    }
}
