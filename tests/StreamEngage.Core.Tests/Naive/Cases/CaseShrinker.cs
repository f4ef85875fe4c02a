namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Makes a case smaller as long as it still shows what it was found for.</summary>
internal sealed class CaseShrinker(Func<RandomCase, bool> stillDisagrees)
{
    /// <summary>No single event or file can be taken from the result.</summary>
    public RandomCase Smallest(RandomCase found)
    {
        for (var size = int.MaxValue; Size(found) < size;)
        {
            size = Size(found);
            found = WithoutFiles(WithoutEvents(found));
        }

        return found;
    }

    private static int Size(RandomCase found) => found.Files.Count + found.Events.Count;

    private RandomCase WithoutEvents(RandomCase found)
    {
        for (var chunk = found.Events.Count / 2; chunk > 0; chunk /= 2)
        {
            for (var at = 0; at < found.Events.Count;)
            {
                var smaller = new RandomCase(
                    found.Seed, found.Files, [.. found.Events.Take(at), .. found.Events.Skip(at + chunk)], found.Change);
                if (Shows(smaller))
                    found = smaller;
                else
                    at += chunk;
            }
        }

        return found;
    }

    private RandomCase WithoutFiles(RandomCase found)
    {
        var unchanged = new RandomCase(found.Seed, found.Files, found.Events);
        if (found.Change is not null && Shows(unchanged))
            found = unchanged;
        foreach (var name in found.Files.Keys.ToList())
        {
            var change = found.Change is { } next ? new CaseChange(next.At, Without(next.Files, name)) : null;
            var smaller = new RandomCase(found.Seed, Without(found.Files, name), found.Events, change);
            if (Shows(smaller))
                found = smaller;
        }

        return found;
    }

    private static Dictionary<string, string> Without(IReadOnlyDictionary<string, string> files, string name) =>
        files.Where(f => f.Key != name).ToDictionary();

    private bool Shows(RandomCase smaller) => smaller.IsReadable && stillDisagrees(smaller);
}
