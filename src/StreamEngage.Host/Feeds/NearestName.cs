namespace StreamEngage.Host.Feeds;

/// <summary>The name a person most likely meant.</summary>
internal static class NearestName
{
    private const int LengthMax = 64;

    /// <summary>A hint such as <c> (nearest: price)</c>, or nothing when no name is near.</summary>
    public static string Hint(string written, IEnumerable<string> known)
    {
        var best = known.Select(name => (name, distance: Distance(written, name)))
            .OrderBy(candidate => candidate.distance).ThenBy(candidate => candidate.name, StringComparer.Ordinal)
            .FirstOrDefault();
        var near = best.name is not null && best.distance <= Math.Max(2, written.Length / 2);
        return near ? $" (nearest: {best.name})" : "";
    }

    private static int Distance(string a, string b)
    {
        if (a.Length > LengthMax || b.Length > LengthMax) return LengthMax;
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 1; i <= a.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var same = char.ToLowerInvariant(a[i - 1]) == char.ToLowerInvariant(b[j - 1]);
                var replaced = diagonal + (same ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replaced, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.Length];
    }
}
