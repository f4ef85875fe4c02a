using System.Globalization;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>
/// What decides a case, drained, for comparison with the naive interpreter. Cancel commands stand among the decisions,
/// written as <see cref="NaiveCancel.AsDecision"/> does, and what came of prompts, as <see cref="NaiveOutcomes.Line"/> does; the order does not matter.
/// </summary>
internal delegate IReadOnlyList<NaiveDecision> EngineUnderTest(RandomCase found);

/// <summary>
/// An engine against the naive interpreter on random rulebooks and streams. Seeds are consecutive from
/// <c>STREAMENGAGE_SEED</c>; how many is <c>STREAMENGAGE_CASES</c>.
/// </summary>
/// <remarks>A test of an engine is one line: <c>new EngineComparison(decide).AssertAgreement()</c>.</remarks>
internal sealed class EngineComparison(EngineUnderTest engine, CaseFeatures features = CaseFeatures.Settled)
{
    /// <summary>A pattern that may come near the most partial matches kept is left to tests of its own.</summary>
    public const int PartialMatchesComparable = 40;

    public static int Seed => Setting("STREAMENGAGE_SEED", 1);

    public static int Cases => Setting("STREAMENGAGE_CASES", 10_000);

    /// <summary>How many decisions of each reason the naive interpreter has made so far.</summary>
    public IReadOnlyDictionary<string, int> Reasons => _reasons;

    private readonly SortedDictionary<string, int> _reasons = new(StringComparer.Ordinal);

    /// <summary>Fails with the first disagreement made small.</summary>
    public void AssertAgreement()
    {
        var disagreement = Disagreement(Seed, Cases);
        Assert.True(disagreement is null, disagreement);
    }

    /// <summary>Null when all agree, else the first disagreement at its smallest, ready to be printed.</summary>
    public string? Disagreement(int firstSeed, int cases)
    {
        for (var seed = firstSeed; cases > 0; seed++)
        {
            var found = RandomCase.Of(seed, features);
            var naive = found.Interpreted();
            if (naive.PartialMatchesMax > PartialMatchesComparable)
                continue;
            cases--;
            foreach (var reason in naive.Decisions.Select(d => d.Reason).OfType<string>())
                _reasons[reason] = _reasons.GetValueOrDefault(reason) + 1;
            if (Difference(found, naive) is not null)
                return Report(new CaseShrinker(c => Difference(c) is not null).Smallest(found));
        }

        return null;
    }

    private string Report(RandomCase smallest) => $"{smallest}--- difference\n{Difference(smallest)}";

    private string? Difference(RandomCase found)
    {
        var naive = found.Interpreted();
        return naive.PartialMatchesMax > PartialMatchesComparable ? null : Difference(found, naive);
    }

    private string? Difference(RandomCase found, NaiveOutcome naive)
    {
        var expected = Lines(naive.All);
        var actual = Actual(found);
        if (expected.SequenceEqual(actual))
            return null;
        var missing = Without(expected, actual).Select(line => $"missing {line}");
        var surplus = Without(actual, expected).Select(line => $"surplus {line}");
        return string.Join('\n', missing.Concat(surplus));
    }

    /// <summary>An engine that throws disagrees with its message, so that such a case is made small too.</summary>
    private List<string> Actual(RandomCase found)
    {
        try
        {
            return Lines(engine(found));
        }
        catch (Exception thrown) when (thrown is not OutOfMemoryException)
        {
            return [thrown.ToString()];
        }
    }

    private static List<string> Lines(IEnumerable<NaiveDecision> decisions) =>
        decisions.Select(d => d.ToString()).Order(StringComparer.Ordinal).ToList();

    private static List<string> Without(List<string> lines, List<string> others)
    {
        var left = lines.ToList();
        others.ForEach(line => left.Remove(line));
        return left;
    }

    private static int Setting(string name, int otherwise)
    {
        var text = Environment.GetEnvironmentVariable(name);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : otherwise;
    }
}
