using StreamEngage.Decide;

namespace StreamEngage.Learn.Experiments;

/// <summary>What decisions are taken by is what the report shows.</summary>
public sealed class HarmIntervalTests
{
    [Theory]
    [InlineData(0.05)]
    [InlineData(0.01)]
    [InlineData(0.5)]
    public void TheIntervalOfDecisions_IsTheReports(double alpha)
    {
        var sequence = new ConfidenceSequence(alpha);
        var draw = new Random(4_711);
        for (var i = 0; i < 5_000; i++)
        {
            var (treated, held) = (Count(draw), Count(draw));
            var expected = sequence.Of(new(treated.Units, treated.Conversions), new(held.Units, held.Conversions));
            var actual = HarmInterval.Of(treated, held, alpha);
            Assert.Equal(expected.Low, actual.Low, 1e-12);
            Assert.Equal(expected.High, actual.High, 1e-12);
            Assert.Equal(expected.IsCertainHarm, actual.IsHarm);
        }
    }

    private static OutcomeCount Count(Random draw)
    {
        var units = draw.NextInt64(0, (long)Math.Pow(10, draw.Next(1, 7)));
        return new(units, draw.NextInt64(0, units + 1));
    }
}
