using System.Globalization;
using System.Text;
using StreamEngage.Ingest;

namespace StreamEngage.Decide;

/// <summary>The vectors were made with <c>printf '%s' 'holdout/cart:u1' | sha256sum | cut -c1-16</c> and stand in docs/experiments.md.</summary>
public sealed class AssignmentTests
{
    [Theory]
    [InlineData("holdout/cart", "u1", 0x0feec2a214d90910ul, 0.062236942835486656)]
    [InlineData("holdout/cart", "u2", 0xff3cedc54cdf075dul, 0.9970234495821125)]
    [InlineData("global", "u1", 0x59408f667463c586ul, 0.34864135981878436)]
    [InlineData("variant/cart", "u1", 0xcca5288163223bb5ul, 0.7993951145064181)]
    [InlineData("holdout/cart", "", 0x41b31d85b1e4d92cul, 0.25663933290515517)]
    [InlineData("holdout/cart", "사용자-1", 0xda757b6248557eaful, 0.8533551325748103)]
    [InlineData("", "", 0xe7ac0786668e0ff0ul, 0.9049687102438428)]
    public void TheVector_IsTheFirstEightBytesOfTheHash(string salt, string unit, ulong hash, double share)
    {
        Assert.Equal(share, Assignment.Share(salt, Utf8(unit)));
        Assert.Equal(hash * Math.Pow(2, -64), share);
    }

    [Fact]
    public void TheVectors_StandInTheDocument()
    {
        var document = File.ReadAllText(Path.Combine(Datasets.RepositoryRoot, "docs", "experiments.md"));
        (string, string)[] vectors = [("holdout/cart", "u1"), ("holdout/cart", "u2"), ("global", "u1"), ("variant/cart", "u1"), ("holdout/cart", "사용자-1")];
        foreach (var (salt, unit) in vectors)
            Assert.Contains($"`{salt}` | `{unit}` |", document, StringComparison.Ordinal);
        Assert.Contains(Assignment.Share("holdout/cart", "u1"u8).ToString("R", CultureInfo.InvariantCulture), document, StringComparison.Ordinal);
    }

    [Fact]
    public void AShareExactlyAtTheUnit_DoesNotHoldItOut()
    {
        var share = Assignment.Share("holdout/cart", "u1"u8);
        Assert.False(Assignment.IsHeldOut("holdout/cart", "u1"u8, share));
        Assert.True(Assignment.IsHeldOut("holdout/cart", "u1"u8, Math.BitIncrement(share)));
    }

    [Fact]
    public void NobodyIsHeldOutAtZero_EverybodyAtOne()
    {
        Assert.All(Units(1_000), unit => Assert.False(Assignment.IsHeldOut("global", unit, 0)));
        Assert.All(Units(1_000), unit => Assert.True(Assignment.IsHeldOut("global", unit, 1)));
    }

    [Fact]
    public void AHoldoutThatGrows_KeepsWhomItHeldOut() => Assert.All(
        Units(20_000).Where(unit => Assignment.IsHeldOut("holdout/cart", unit, 0.05)),
        unit => Assert.True(Assignment.IsHeldOut("holdout/cart", unit, 0.1)));

    [Fact]
    public void TwoSalts_AreIndependent()
    {
        var both = Units(100_000).Count(unit => Assignment.Share("global", unit) < 0.5 && Assignment.Share("holdout/cart", unit) < 0.5);
        // Four standard deviations of a binomial of 100,000 at a quarter.
        Assert.InRange(both, 25_000 - 550, 25_000 + 550);
    }

    [Fact]
    public void AShare_AllocatesNothing() => Assert.Equal(0, Allocated.BytesBy(() =>
    {
        for (var i = 0; i < 100; i++) Assignment.Share("holdout/cart-abandonment", "user-000017"u8);
    }));

    [Fact]
    public void AUnitLongerThanTheStackTakes_IsHashedWhole() =>
        Assert.NotEqual(Assignment.Share("global", new byte[5_000]), Assignment.Share("global", new byte[5_001]));

    internal static IEnumerable<byte[]> Units(int count) => Enumerable.Range(1, count).Select(n => Utf8("u" + n.ToString(CultureInfo.InvariantCulture)));

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
