using System.Globalization;
using System.Text;

namespace StreamEngage.Tests.Naive;

/// <summary>How values of the language compare and how they are written.</summary>
internal static class NaiveValue
{
    public static bool Same(object? a, object? b) => (a, b) switch
    {
        (double x, double y) => x == y,
        (string x, string y) => string.Equals(x, y, StringComparison.Ordinal),
        (bool x, bool y) => x == y,
        _ => false,
    };

    /// <summary>Less than 0, 0 or more; null where the two have no order.</summary>
    public static int? Order(object? a, object? b) => (a, b) switch
    {
        (double x, double y) => x.CompareTo(y),
        (string x, string y) => Encoding.UTF8.GetBytes(x).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(y)),
        _ => null,
    };

    /// <summary>Numbers before texts before booleans: the order of values of one instant.</summary>
    public static int TotalOrder(object? a, object? b) => Order(a, b) ?? Rank(a).CompareTo(Rank(b));

    public static string Text(object? value) => value switch
    {
        null => "null",
        bool b => b ? "true" : "false",
        double d => d.ToString("R", CultureInfo.InvariantCulture),
        string s => $"\"{s}\"",
        IEnumerable<object?> list => $"[{string.Join(", ", list.Select(Text))}]",
        _ => throw new ArgumentException($"{value.GetType()} is no value of the language"),
    };

    private static int Rank(object? value) => value switch
    {
        double => 0,
        string => 1,
        false => 2,
        _ => 3,
    };
}
