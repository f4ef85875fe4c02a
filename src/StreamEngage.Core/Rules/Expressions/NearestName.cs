namespace StreamEngage.Rules.Expressions;

/// <summary>The name a person most likely meant: fewest insertions, deletions, replacements and swaps of neighbours away.</summary>
internal static class NearestName
{
    /// <summary>Longer names are not compared, so that the cost of a message stays bounded.</summary>
    private const int LengthMax = 64;

    /// <summary>The nearest of the names, the ordinally first of equals; null when none is near enough to be a slip.</summary>
    public static string? Of(string written, IEnumerable<string> names)
    {
        string? nearest = null;
        var least = int.MaxValue;
        foreach (var name in names.Order(StringComparer.Ordinal))
        {
            var distance = Distance(written, name);
            if (distance < least && distance <= Tolerance(written, name))
                (nearest, least) = (name, distance);
        }

        return nearest;
    }

    /// <summary><c>; did you mean 'x'?</c>, or else the list of what exists when it is short.</summary>
    public static string Hint(string written, IEnumerable<string> names)
    {
        var all = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        if (Of(written, all) is { } nearest)
            return $"; did you mean '{nearest}'?";
        return all.Count is > 0 and <= 12 ? $"; there is {string.Join(", ", all)}" : "";
    }

    /// <summary>Damerau–Levenshtein distance with adjacent swaps (optimal string alignment), letters compared without case.</summary>
    public static int Distance(string a, string b)
    {
        if (a.Length > LengthMax || b.Length > LengthMax)
            return int.MaxValue;
        var (before, last, row) = (new int[b.Length + 1], new int[b.Length + 1], new int[b.Length + 1]);
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
                row[j] = Cell(a, b, (i, j), (before, last, row));
            (before, last, row) = (last, row, before);
        }

        return last[b.Length];
    }

    private static int Cell(string a, string b, (int I, int J) at, (int[] Before, int[] Last, int[] Row) rows)
    {
        var (i, j) = at;
        var replaced = rows.Last[j - 1] + (Same(a[i - 1], b[j - 1]) ? 0 : 1);
        var least = Math.Min(replaced, Math.Min(rows.Last[j], rows.Row[j - 1]) + 1);
        var swapped = i > 1 && j > 1 && Same(a[i - 1], b[j - 2]) && Same(a[i - 2], b[j - 1]);
        return swapped ? Math.Min(least, rows.Before[j - 2] + 1) : least;
    }

    private static bool Same(char a, char b) => char.ToLowerInvariant(a) == char.ToLowerInvariant(b);

    private static int Tolerance(string a, string b) => Math.Max(1, Math.Min(a.Length, b.Length) * 2 / 5);
}
