using StreamEngage.Core.Tests.Agreement;
using StreamEngage.Tests.Naive;
using Xunit.Abstractions;

namespace StreamEngage.Core.Tests.Identity;

/// <summary>
/// Random rulebooks and random streams of one person under three ids: what is decided after the last merge is what is decided where the ids are one from the
/// beginning. What docs/identity.md excepts is left out here, each by a filter of its own and nothing else.
/// </summary>
public sealed class AnyRulebookKnownFromTheStartTests(ITestOutputHelper output)
{
    private const int Cases = 1_500;

    [Fact]
    public void WhereverTheMergesStand_TheRestIsDecidedAlike()
    {
        var met = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (var seed = 1; seed <= Cases; seed++)
        {
            if (OnePerson.Of(seed) is not { } person) continue;
            var expected = Lines(person, person.Known);
            var actual = Lines(person, person.Met, lanes: 1 + seed % 3);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}, since {person.Since}\nmissing {string.Join("\n", expected.Except(actual).Take(5))}\n"
                + $"surplus {string.Join("\n", actual.Except(expected).Take(5))}\n{person.Told}");
            foreach (var what in person.Has(expected)) met[what] = met.GetValueOrDefault(what) + 1;
        }
        foreach (var (what, times) in met) output.WriteLine($"{times,6} {what}");
        Assert.All(OnePerson.Kinds, kind => Assert.True(met.GetValueOrDefault(kind) >= 20, $"{kind}: {met.GetValueOrDefault(kind)} cases"));
    }

    /// <summary>None is made in vain. Of attributes and sessions random cases say too little.</summary>
    [Theory]
    [InlineData(nameof(Exempt.PromptsThatBothGot))]
    [InlineData(nameof(Exempt.ExitsOfOneSide))]
    [InlineData(nameof(Exempt.Ranks))]
    [InlineData(nameof(Exempt.HalfPatterns))]
    [InlineData(nameof(Exempt.IgnoredArmings))]
    [InlineData(nameof(Exempt.JourneysBegun))]
    public void WithoutAnException_SomeCaseIsDecidedOtherwise(string exception) => Assert.Contains(
        Enumerable.Range(1, 10 * Cases).Select(seed => OnePerson.Of(seed, Enum.Parse<Exempt>(exception))),
        person => person is not null && !Lines(person, person.Known).SequenceEqual(Lines(person, person.Met)));

    [Fact]
    public void WhatWasSaidAgainLater_ChangesNothing()
    {
        var (lines, cases) = (0, 0);
        for (var seed = 1; seed <= Cases / 3; seed++)
        {
            if (OnePerson.Of(seed) is not { HasErasures: false } person) continue;
            var expected = Lines(person, person.Met);
            Assert.True(expected.SequenceEqual(Lines(person, person.SaidOnce)), $"seed {seed}\n{person.Told}");
            (lines, cases) = (lines + expected.Count, cases + 1);
        }
        Assert.True(cases > Cases / 10 && lines > Cases, $"{lines} decisions and prompts of {cases} cases");
    }

    [Fact]
    public void ATestWithoutMerges_WouldBeFound()
    {
        var (different, cases) = (0, 0);
        for (var seed = 1; seed <= 300; seed++)
        {
            if (OnePerson.Of(seed) is not { } person) continue;
            different += Lines(person, person.Known).SequenceEqual(Lines(person, person.NeverMerged)) ? 0 : 1;
            cases++;
        }
        Assert.True(different > cases / 2, $"{different} of {cases}");
    }

    private static List<string> Lines(OnePerson person, IReadOnlyList<NaiveEvent> events, int lanes = 1) =>
        KnownFromTheStartTests.Lines(EmbeddedRun.Of(person.Rulebook, events, lanes), person.Since);
}
