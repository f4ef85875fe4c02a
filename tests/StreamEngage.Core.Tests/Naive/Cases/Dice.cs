namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Seeded choices, the same on every machine.</summary>
internal sealed class Dice(int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>True in about this many of 100 throws.</summary>
    public bool Chance(int percent) => _random.Next(100) < percent;

    /// <summary>From the least to the greatest, both included.</summary>
    public int Between(int least, int greatest) => _random.Next(least, greatest + 1);

    public T Of<T>(params IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}
