using System.IO.Compression;
using System.Text.RegularExpressions;

namespace StreamEngage.Learn.Experiments;

public sealed partial class LiftDatasetTests
{
    [DatasetFact("cookie_cats")]
    public void CookieCats_LosesRetentionAfterAWeek_ByTheTestOfAFixedEnd()
    {
        var (early, late) = Gates("retention_7");
        var test = TwoProportionTest.Of(early, late)!.Value;
        Assert.Equal(3.164, test.Z, 3);
        Assert.Equal(0.00155, test.P, 5);
    }

    [DatasetFact("cookie_cats")]
    public void CookieCats_ClaimsNothingForRetentionAfterADay()
    {
        var (early, late) = Gates("retention_1");
        Assert.Equal(1.784, TwoProportionTest.Of(early, late)!.Value.Z, 3);
        Assert.Equal(LiftVerdict.Open, Lift.Of(early, late, heldShare: 0.5).Verdict);
    }

    [DatasetFact("cookie_cats")]
    public void CookieCats_ReportsItsSides_WithoutAnAlarm()
    {
        var (early, late) = Gates("retention_7");
        var ratio = Lift.Of(early, late, heldShare: 0.5).Ratio!.Value;
        Assert.Equal(6.902, ratio.ChiSquare, 3);
        Assert.Equal(0.0086, ratio.P, 4);
        Assert.False(ratio.IsAlarm || ratio.IsAlarmAtOneLook);
    }

    [DatasetFact("cookie_cats")]
    public void CookieCats_TheLaterGate_IsCertainHarmForRetentionAfterAWeek_EvenForThoseWhoLookedAllTheTime()
    {
        var (early, late) = Gates("retention_7");
        Assert.Equal(LiftVerdict.Harm, Lift.Of(treated: late, held: early, heldShare: 0.5).Verdict);
    }

    [DatasetTheory("hillstrom_train")]
    [InlineData("Mens E-Mail", 0.0778)]
    [InlineData("Womens E-Mail", 0.0441)]
    public void Hillstrom_BothMailsBringVisits(string mail, double effect)
    {
        var rows = Rows("hillstrom_train", "segment", "visit");
        var lift = Lift.Of(Count(rows, mail), Count(rows, "No E-Mail"));
        Assert.Equal(effect, lift.Difference!.Value, 4);
        Assert.Equal(LiftVerdict.Gain, lift.Verdict);
    }

    private static (ArmCount Early, ArmCount Late) Gates(string outcome)
    {
        var rows = Rows("cookie_cats", "version", outcome);
        return (Count(rows, "gate_30"), Count(rows, "gate_40"));
    }

    private static ArmCount Count(List<(string Arm, bool IsConverted)> rows, string arm) =>
        new(rows.Count(row => row.Arm == arm), rows.Count(row => row.Arm == arm && row.IsConverted));

    /// <summary>Columns of a data set by name; quoted fields have no quotes inside, and none of them is asked for.</summary>
    internal static List<(string Arm, bool IsConverted)> Rows(string dataset, string arm, string outcome)
    {
        using var file = File.OpenRead(Path.Combine(Datasets.PathOf(dataset), dataset + ".csv.gz"));
        using var lines = new StreamReader(new GZipStream(file, CompressionMode.Decompress));
        var header = lines.ReadLine()!.Split(',');
        var (armAt, outcomeAt) = (Array.IndexOf(header, arm), Array.IndexOf(header, outcome));
        var rows = new List<(string, bool)>();
        while (lines.ReadLine() is { } line)
        {
            var fields = Quoted().Replace(line, "").Split(',');
            rows.Add((fields[armAt], fields[outcomeAt] is "1" or "True"));
        }
        return rows;
    }

    [GeneratedRegex("\"[^\"]*\"")]
    private static partial Regex Quoted();
}
