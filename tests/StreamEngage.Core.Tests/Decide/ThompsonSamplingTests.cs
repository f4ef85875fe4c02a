using System.Globalization;
using System.IO.Compression;
using System.Text;
using StreamEngage.Ingest;
using Xunit.Abstractions;

namespace StreamEngage.Decide;

public sealed class ThompsonSamplingTests(ITestOutputHelper output)
{
    private const int Seed = 4_711;

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(3, 7)]
    [InlineData(0, 40)]
    [InlineData(900, 100)]
    public void AgainstAnArmOfWhichNothingIsKnown_AnArmIsBestAsOftenAsItsMeanSays(long successes, long failures)
    {
        // A uniform rate is below x with probability x, so the integral is the posterior's mean.
        var sampling = Of((successes, failures), (0, 0));
        Assert.Equal((successes + 1.0) / (successes + failures + 2), sampling.Propensities[0], 4);
    }

    [Theory]
    [InlineData(5, 20, 9, 25, 1, 1)]
    [InlineData(0, 30, 1, 30, 2, 30)]
    [InlineData(12, 3, 11, 3, 2, 0)]
    public void Propensities_AreTheSharesOfWinsAmongDraws(int s0, int f0, int s1, int f1, int s2, int f2)
    {
        const int draws = 50_000;
        var random = new Random(Seed);
        var wins = new int[3];
        for (var draw = 0; draw < draws; draw++)
        {
            double[] rates = [BetaDraw(random, s0, f0), BetaDraw(random, s1, f1), BetaDraw(random, s2, f2)];
            wins[Array.IndexOf(rates, rates.Max())]++;
        }
        var sampling = Of((s0, f0), (s1, f1), (s2, f2));
        output.WriteLine($"{string.Join(" ", sampling.Propensities)} against {string.Join(" ", wins)}, seed {Seed}");
        for (var arm = 0; arm < 3; arm++) Assert.Equal((double)wins[arm] / draws, sampling.Propensities[arm], 0.008);
    }

    [Fact]
    public void AnArm_IsChosenAsOftenAsItsPropensitySays()
    {
        var sampling = Of((20, 80), (25, 75), (10, 90));
        var chosen = AssignmentTests.Units(100_000).CountBy(id => sampling.Choose(id).Arm).ToDictionary();
        for (var arm = 0; arm < 3; arm++) Assert.Equal(sampling.Propensities[arm], chosen.GetValueOrDefault(arm) / 100_000.0, 0.006);
    }

    [Fact]
    public void Arms_OfWhichNothingIsKnown_AreChosenAlike() => Assert.All(Of((0, 0), (0, 0), (0, 0)).Propensities, share => Assert.Equal(1 / 3.0, share, 6));

    [Fact]
    public void MillionsOfOutcomes_DoNotUnderflow()
    {
        var sampling = Of((50_000_000, 950_000_000), (50_010_000, 949_990_000), (0, 10));
        // The two differ by 10,000 of 50 million: 1.03 standard errors.
        Assert.Equal(0.4, sampling.Propensities[2], 0.2);
        Assert.InRange(sampling.Propensities[1] / (sampling.Propensities[0] + sampling.Propensities[1]), 0.8, 0.9);
    }

    [Fact]
    public void TheSameId_ChoosesTheSameArm_AndTheVectorHolds()
    {
        // printf '%s' 'bandit/cart:d1' | sha256sum begins d6504ecac705dc92, which is 0.837.
        Assert.Equal(2, Of((0, 0), (0, 0), (0, 0)).Choose("d1"u8).Arm);
        Assert.Equal(1 / 3.0, Of((0, 0), (0, 0), (0, 0)).Choose("d1"u8).Propensity, 6);
    }

    [Fact]
    public void AChoice_AllocatesNothing()
    {
        var sampling = Of((20, 80), (25, 75));
        Assert.Equal(0, Allocated.BytesBy(() =>
        {
            for (var i = 0; i < 100; i++) sampling.Choose("d1"u8);
        }));
    }

    [Fact]
    public void NoArm_OrANegativeOutcome_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => Of());
        Assert.Throws<ArgumentException>(() => Of((-1, 0)));
    }

    [Fact]
    public void PortableMath_IsTheLibrarysWithinTheLastPlaces()
    {
        var random = new Random(Seed);
        for (var i = 0; i < 20_000; i++)
        {
            var x = random.NextDouble() + 1e-12;
            Assert.True(Math.Abs(PortableMath.Log(x) - Math.Log(x)) <= 4e-16 * Math.Max(1, Math.Abs(Math.Log(x))), $"{x:R}, seed {Seed}");
            var y = random.NextDouble() * -600;
            Assert.True(Math.Abs(PortableMath.Exp(y) - Math.Exp(y)) <= 4e-15 * Math.Exp(y), $"{y:R}, seed {Seed}");
        }
    }

    /// <summary>Replay by rejection: of a log whose arms were drawn alike, the rows on which the policy agrees are what it would have seen.</summary>
    [DatasetFact("hillstrom_train")]
    public void OnHillstrom_TheReplayedPolicy_EarnsMoreVisitsASend()
    {
        const int rowsAVersion = 50;
        var (rows, arms) = Hillstrom();
        var counts = new (long Successes, long Failures)[arms.Length];
        var sampling = Of(counts);
        var sent = 0;
        foreach (var (row, number) in rows.Select((row, number) => (row, number)))
        {
            if (sampling.Choose(Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture))).Arm != row.Arm) continue;
            if (row.IsVisit) counts[row.Arm].Successes++;
            else counts[row.Arm].Failures++;
            if (++sent % rowsAVersion == 0) sampling = Of(counts);
        }
        var (earned, uniform) = ((double)counts.Sum(count => count.Successes) / sent, rows.Average(row => row.IsVisit ? 1.0 : 0.0));
        output.WriteLine($"{earned:0.0000} visits a send over {sent} sends, uniform {uniform:0.0000}; {string.Join(", ", arms.Zip(counts))}");
        Assert.True(earned >= 0.175, $"{earned}");
        Assert.Equal(0.1468, uniform, 4);
    }

    private static ThompsonSampling Of(params (long Successes, long Failures)[] arms) =>
        new("cart", [.. arms.Select(arm => new ArmOutcomes(arm.Successes, arm.Failures))]);

    /// <summary>The (s + 1)-th smallest of s + f + 1 uniform numbers has the distribution Beta(s + 1, f + 1).</summary>
    private static double BetaDraw(Random random, int successes, int failures)
    {
        var drawn = new double[successes + failures + 1];
        for (var i = 0; i < drawn.Length; i++) drawn[i] = random.NextDouble();
        Array.Sort(drawn);
        return drawn[successes];
    }

    private static (List<(int Arm, bool IsVisit)> Rows, string[] Arms) Hillstrom()
    {
        using var file = File.OpenRead(Path.Combine(Datasets.PathOf("hillstrom_train"), "hillstrom_train.csv.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        string[] arms = ["Mens E-Mail", "Womens E-Mail", "No E-Mail"];
        lines.ReadLine();
        var rows = new List<(int, bool)>();
        while (lines.ReadLine() is { } line)
        {
            // Counted from the end: an earlier field has a comma in quotes.
            var fields = line.Split(',');
            rows.Add((Array.IndexOf(arms, fields[^4]), fields[^3] == "1"));
        }
        return (rows, arms);
    }
}
