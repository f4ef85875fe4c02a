using System.Globalization;
using StreamEngage.Events;

namespace StreamEngage.Benchmarks.TwoRules;

internal enum ClickKind : byte { View, CartAdd, Purchase }

/// <summary>One click as every contender gets it.</summary>
internal readonly record struct Click(string User, ClickKind Kind, string Category, long At);

/// <summary>
/// Clicks decoded before any clock starts: users and categories by Zipf's law, times strictly rising. No time stands exactly at the edge
/// of a deadline, because contenders differ in which side of it they take.
/// </summary>
internal sealed class ClickTape
{
    public const long Start = 1_767_225_600_000;
    public const long CartWait = 30 * 60_000, ViewSpan = 10 * 60_000, Cooldown = 3_600_000;
    public const int Categories = 12, ViewsNeeded = 5;
    private const double UserExponent = 0.8, CategoryExponent = 1.0;
    private const int GapMillisecondsMax = 150;

    public ClickTape(int users, int events, int seed)
    {
        var random = new Random(seed);
        Users = users;
        (At, User, Kind, Category) = (new long[events], new int[events], new ClickKind[events], new byte[events]);
        Names = [.. Enumerable.Range(0, users).Select(user => user.ToString("'u'000000", CultureInfo.InvariantCulture))];
        CategoryNames = [.. Enumerable.Range(0, Categories).Select(category => $"category-{category}")];
        UserTexts = [.. Names.Select(name => new Utf8Text(name))];
        UserHashes = [.. UserTexts.Select(text => Hash64.Of(text.Span))];
        Record(random, new(users, UserExponent), new(Categories, CategoryExponent));
    }

    public int Count => At.Length;

    public int Users { get; }

    public long[] At { get; }

    public int[] User { get; }

    public ClickKind[] Kind { get; }

    public byte[] Category { get; }

    public string[] Names { get; }

    public Utf8Text[] UserTexts { get; }

    public ulong[] UserHashes { get; }

    public string[] CategoryNames { get; }

    public int ActiveUsers => User.Distinct().Count();

    public Click this[int i] => new(Names[User[i]], Kind[i], CategoryNames[Category[i]], At[i]);

    private void Record(Random random, Zipf users, Zipf categories)
    {
        var places = Enumerable.Range(0, Users).ToArray();
        random.Shuffle(places);
        var lastCart = new long[Users];
        var at = Start;
        for (var i = 0; i < Count; i++)
        {
            at += 2 + random.Next(GapMillisecondsMax);
            User[i] = places[users.Draw(random)];
            if (at - lastCart[User[i]] == CartWait) at++;
            Kind[i] = random.Next(100) switch { < 93 => ClickKind.View, < 97 => ClickKind.CartAdd, _ => ClickKind.Purchase };
            Category[i] = (byte)categories.Draw(random);
            At[i] = at;
            if (Kind[i] == ClickKind.CartAdd) lastCart[User[i]] = at;
        }
    }

    /// <summary>Ranks 0 to n-1 with weight 1 / (rank + 1)^exponent.</summary>
    private sealed class Zipf
    {
        private readonly double[] _sums;

        public Zipf(int count, double exponent)
        {
            _sums = new double[count];
            var sum = 0.0;
            for (var i = 0; i < count; i++) _sums[i] = sum += Math.Pow(i + 1, -exponent);
        }

        public int Draw(Random random)
        {
            var found = Array.BinarySearch(_sums, random.NextDouble() * _sums[^1]);
            return Math.Min(found < 0 ? ~found : found, _sums.Length - 1);
        }
    }
}
