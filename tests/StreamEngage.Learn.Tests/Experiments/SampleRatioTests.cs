using Xunit.Abstractions;

namespace StreamEngage.Learn.Experiments;

public sealed class SampleRatioTests(ITestOutputHelper output)
{
    private const int Seed = 7_041;

    /// <summary>Chi-square's own tables: 3.841 leaves 0.05 at one degree of freedom, 13.816 leaves 0.001 at two.</summary>
    [Fact]
    public void TheTail_IsThatOfTheTables()
    {
        // (x - 5,000)² / 2,500 = 3.8416 at x = 5,098.
        var one = SampleRatio.Of([5_098, 4_902], [1, 1])!.Value;
        Assert.Equal(3.8416, one.ChiSquare, 10);
        Assert.Equal(0.04999579, one.P, 8);
        var two = SampleRatio.Of([1_000, 1_000, 1_000], [1, 1, 1])!.Value;
        Assert.Equal((0, 1), (two.ChiSquare, two.P));
    }

    [Fact]
    public void FairSides_LookedAtAfterEveryUnit_AlarmInOneOfAThousandAtMost()
    {
        const int runs = 2_000;
        var draw = new Random(Seed);
        var alarms = 0;
        for (var run = 0; run < runs; run++)
            if (AlarmedAt(draw, share: 0.05, actual: 0.05, units: 3_000) is not null) alarms++;
        output.WriteLine($"{alarms} of {runs}, seed {Seed}");
        Assert.True(alarms <= 4, $"{alarms} of {runs}, seed {Seed}");
    }

    [Fact]
    public void ALostTenthOfTheHoldout_IsFound()
    {
        var draw = new Random(Seed);
        var found = Enumerable.Range(0, 20).Select(_ => AlarmedAt(draw, share: 0.5, actual: 0.45 / 0.95, units: 20_000)).ToList();
        output.WriteLine($"found after {string.Join(", ", found.Order())} units, seed {Seed}");
        Assert.All(found, at => Assert.NotNull(at));
    }

    [Fact]
    public void AUnitOnASideWithoutShare_IsASureAlarm() => Assert.True(SampleRatio.Of([10, 10, 1], [1, 1, 0])!.Value.IsAlarm);

    [Fact]
    public void NoUnits_OrOneSide_IsNothingToCompare()
    {
        Assert.Null(SampleRatio.Of([0, 0], [1, 1]));
        Assert.Null(SampleRatio.Of([10, 0], [1, 0]));
    }

    private static int? AlarmedAt(Random draw, double share, double actual, int units)
    {
        long held = 0;
        for (var unit = 1; unit <= units; unit++)
        {
            if (draw.NextDouble() < actual) held++;
            if (SampleRatio.Of([unit - held, held], [1 - share, share]) is { IsAlarm: true }) return unit;
        }
        return null;
    }
}
