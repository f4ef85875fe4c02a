using StreamEngage.Rules;

namespace StreamEngage.Decide;

public sealed class VariantsTests
{
    private const int UnitsCount = 100_000;

    private static readonly double[] _points = [.. AssignmentTests.Units(UnitsCount).Select(unit => Assignment.Share("variant/cart", unit))];

    [Fact]
    public void NewVariants_AreHalfOpenCumulativeSharesInTheOrderDeclared()
    {
        var variants = Variants.Declared(Weights(("urgent", 1), ("control", 3)));
        Assert.Equal([0, 0, 1, 1], new[] { 0, Math.BitDecrement(0.25), 0.25, Math.BitDecrement(1.0) }.Select(variants.Of));
    }

    [Fact]
    public void AVariantWithoutWeight_GetsNobody()
    {
        var variants = Variants.Declared(Weights(("a", 0), ("b", 1), ("c", 0), ("d", 1), ("e", 0)));
        Assert.Equal([1, 3], _points.Select(variants.Of).Distinct().Order());
    }

    [Fact]
    public void AVector_IsTheVariantOfTheDocument()
    {
        var variants = Variants.Declared(Weights(("control", 1), ("urgent", 1)));
        Assert.Equal("urgent", variants.Shares[variants.Of("variant/cart", "u1"u8)].Name);
    }

    [Theory]
    [InlineData(new double[] { 1, 1 }, new double[] { 3, 2 })]
    [InlineData(new double[] { 1, 2, 2 }, new double[] { 4, 3, 3 })]
    [InlineData(new double[] { 5, 3, 2 }, new double[] { 2, 3, 5 })]
    [InlineData(new double[] { 1, 1, 0 }, new double[] { 1, 1, 1 })]
    [InlineData(new double[] { 1, 1, 1, 1 }, new double[] { 0, 1, 0, 1 })]
    [InlineData(new double[] { 0.1, 0.2, 0.3, 0.4 }, new double[] { 0.4, 0.1, 0.2, 0.3 })]
    public void AResize_MovesOnlyIntoWhatGrows_AndNoMoreThanItGrows(double[] before, double[] after)
    {
        var old = Variants.Declared(Weights(before));
        var resized = old.Resized(Weights(after));
        var moved = _points.Where(point => old.Of(point) != resized.Of(point)).ToList();
        Assert.All(moved, point => Assert.True(Share(after, resized.Of(point)) > Share(before, resized.Of(point))));
        Assert.All(moved, point => Assert.True(Share(after, old.Of(point)) < Share(before, old.Of(point))));
        var needed = before.Index().Sum(variant => Math.Max(0, Share(after, variant.Index) - Share(before, variant.Index)));
        AssertNear(needed, moved.Count);
    }

    [Theory]
    [InlineData(new double[] { 1, 2, 2 }, new double[] { 4, 3, 3 })]
    [InlineData(new double[] { 0.1, 0.2, 0.3, 0.4 }, new double[] { 0.4, 0.1, 0.2, 0.3 })]
    public void AfterAResize_EveryVariantHasItsShare(double[] before, double[] after)
    {
        var resized = Variants.Declared(Weights(before)).Resized(Weights(after));
        foreach (var variant in after.Index()) AssertNear(Share(after, variant.Index), _points.Count(point => resized.Of(point) == variant.Index));
    }

    [Fact]
    public void AResizeTakenBack_MovesEverybodyBack()
    {
        var old = Variants.Declared(Weights([1.0, 2, 3]));
        var back = old.Resized(Weights([3.0, 2, 1])).Resized(Weights([1.0, 2, 3]));
        Assert.All(_points, point => Assert.Equal(old.Of(point), back.Of(point)));
    }

    [Fact]
    public void VariantsLaidOutAnew_MoveMoreThanTheResize()
    {
        var old = Variants.Declared(Weights([1.0, 2, 2]));
        var anew = Variants.Declared(Weights([4.0, 3, 3]));
        AssertNear(0.3, _points.Count(point => old.Of(point) != anew.Of(point)));
    }

    [Fact]
    public void AVariantThatEnds_LeavesItsUsersToTheRest_AndARenamedOneIsAnother()
    {
        var old = Variants.Declared(Weights(("a", 1), ("b", 1), ("c", 2)));
        var without = old.Resized(Weights(("c", 1), ("a", 1)));
        Assert.All(_points.Where(point => old.Of(point) == 2), point => Assert.Equal(0, without.Of(point)));
        Assert.All(_points.Where(point => old.Of(point) < 2), point => Assert.Equal(1, without.Of(point)));
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(1.0, -1.0)]
    [InlineData(1.0, double.NaN)]
    public void WeightsThatMakeNoShares_AreRefused(double a, double b) =>
        Assert.Throws<ArgumentException>(() => Variants.Declared(Weights(("a", a), ("b", b))));

    // Five standard deviations of a binomial at a half.
    private static void AssertNear(double share, int count) => Assert.InRange(count, (share * UnitsCount) - 800, (share * UnitsCount) + 800);

    private static double Share(double[] weights, int variant) => weights[variant] / weights.Sum();

    private static VariantShare[] Weights(params (string Name, double Weight)[] weights) =>
        [.. weights.Select(weight => new VariantShare(weight.Name, weight.Weight))];

    private static VariantShare[] Weights(double[] weights) => [.. weights.Index().Select(weight => new VariantShare($"v{weight.Index}", weight.Item))];
}
