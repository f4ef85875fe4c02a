using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>A total order of values that depends on their content alone: null, booleans, numbers, texts, lists.</summary>
internal static class ValueOrder
{
    public static int Compare(in Value a, in Value b)
    {
        if (a.Kind != b.Kind) return Rank(a.Kind).CompareTo(Rank(b.Kind));
        return a.Kind switch
        {
            ValueKind.Text => a.Text.CompareTo(b.Text),
            ValueKind.List => a.Identity.CompareTo(b.Identity),
            _ => a.Number.CompareTo(b.Number),
        };
    }

    private static int Rank(ValueKind kind) => kind switch
    {
        ValueKind.Null => 0,
        ValueKind.Boolean => 1,
        ValueKind.Number => 2,
        ValueKind.Text => 3,
        _ => 4,
    };
}
