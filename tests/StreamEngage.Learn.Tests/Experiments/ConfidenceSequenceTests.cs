using Xunit.Abstractions;

namespace StreamEngage.Learn.Experiments;

public sealed class ConfidenceSequenceTests(ITestOutputHelper output)
{
    private const int Runs = 2_000;
    private const int Seed = 20_261_122;
    private static readonly ConfidenceSequence _sequence = new();

    /// <summary>Looked at after every unit, from the first on, with rare and common conversions, small and even holdouts.</summary>
    [Theory]
    [InlineData(0.005, 0.05)]
    [InlineData(0.02, 0.05)]
    [InlineData(0.1, 0.1)]
    [InlineData(0.3, 0.5)]
    public void OfTwoThousandExperimentsWithoutEffect_AtMostFivePercentEverRaiseAnAlarm(double rate, double heldShare)
    {
        var (missed, _) = Simulate(rate, rate, heldShare, unitsAnExperiment: 6_000);
        Report(rate, 0, heldShare, missed);
        Assert.True(missed <= Runs / 20, $"{missed} of {Runs}, seed {Seed}");
    }

    [Theory]
    [InlineData(0.02, 0.02, 0.05)]
    [InlineData(0.1, -0.05, 0.1)]
    [InlineData(0.3, 0.1, 0.5)]
    [InlineData(0.18, 0.01, 0.5)]
    public void AnInjectedEffect_IsInsideAtEveryLook_InAtLeastNinetyFivePercent(double rate, double effect, double heldShare)
    {
        var (missed, _) = Simulate(rate + effect, rate, heldShare, unitsAnExperiment: 6_000);
        Report(rate, effect, heldShare, missed);
        Assert.True(missed <= Runs / 20, $"{missed} of {Runs}, seed {Seed}");
    }

    [Fact]
    public void FarPastThePlannedSize_TheRateHolds()
    {
        var (missed, _) = Simulate(0.1, 0.1, 0.5, unitsAnExperiment: 100_000, runs: 400);
        output.WriteLine($"0.1 without effect, half held out, 100,000 units: {missed} of 400 runs ever miss");
        Assert.True(missed <= 20, $"{missed} of 400, seed {Seed}");
    }

    [Fact]
    public void CertainHarm_IsFound()
    {
        var (_, harmed) = Simulate(0.05, 0.1, 0.5, unitsAnExperiment: 6_000);
        output.WriteLine($"0.05 against 0.1, half held out, 6,000 units: harm is certain in {harmed} of {Runs}");
        Assert.True(harmed > Runs * 0.95, $"{harmed} of {Runs}, seed {Seed}");
    }

    /// <summary>The reason for all this: the fixed-horizon test, looked at as often.</summary>
    [Fact]
    public void TheFixedHorizonTest_LookedAtAfterEveryUnit_RaisesManyFalseAlarms()
    {
        var draw = new Random(Seed);
        var alarms = 0;
        for (var run = 0; run < 300; run++)
        {
            ArmCount treated = default, held = default;
            for (var unit = 0; unit < 3_000; unit++)
            {
                Add(draw, 0.5, new(0.3, 0.3), ref treated, ref held);
                if (unit < 100 || !(TwoProportionTest.Of(treated, held)?.P < 0.05)) continue;
                alarms++;
                break;
            }
        }
        output.WriteLine($"{alarms} of 300");
        Assert.True(alarms > 60, $"{alarms} of 300, seed {Seed}");
    }

    [Fact]
    public void AnEmptySide_SaysNothing() => Assert.Equal(LiftInterval.Unknown, _sequence.Of(new(10, 5), new(0, 0)));

    [Fact]
    public void ASideThatHasSeenOneKindOnly_IsNotCertain() => Assert.False(_sequence.Of(new(50, 50), new(50, 50)) is { Low: > -0.01, High: < 0.01 });

    [Theory]
    [InlineData(0.0)]
    [InlineData(1.0)]
    [InlineData(double.NaN)]
    public void AnAlphaThatIsNone_IsRefused(double alpha) => Assert.Throws<ArgumentOutOfRangeException>(() => new ConfidenceSequence(alpha));

    private void Report(double rate, double effect, double heldShare, int missed) => output.WriteLine(
        $"rate {rate}, effect {effect}, held out {heldShare}: {missed} of {Runs} runs ({100.0 * missed / Runs:0.00} %) ever miss the truth; seed {Seed}");

    private readonly record struct Rates(double Treated, double Held);

    private static (int Missed, int Harmed) Simulate(double treatedRate, double heldRate, double heldShare, int unitsAnExperiment, int runs = Runs)
    {
        var draw = new Random(Seed);
        var (missed, harmed) = (0, 0);
        for (var run = 0; run < runs; run++)
        {
            ArmCount treated = default, held = default;
            var (isMissed, isHarmed) = (false, false);
            for (var unit = 0; unit < unitsAnExperiment; unit++)
            {
                Add(draw, heldShare, new(treatedRate, heldRate), ref treated, ref held);
                var interval = _sequence.Of(treated, held);
                isMissed |= !interval.Contains(treatedRate - heldRate);
                isHarmed |= interval.IsCertainHarm;
            }
            if (isMissed) missed++;
            if (isHarmed) harmed++;
        }
        return (missed, harmed);
    }

    private static void Add(Random draw, double heldShare, Rates rates, ref ArmCount treated, ref ArmCount held)
    {
        if (draw.NextDouble() < heldShare) held += new ArmCount(1, draw.NextDouble() < rates.Held ? 1 : 0);
        else treated += new ArmCount(1, draw.NextDouble() < rates.Treated ? 1 : 0);
    }
}
