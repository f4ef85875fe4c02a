using StreamEngage.Host.Demo;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Tests.Demo;

public sealed class LatencyHistogramTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Percentile_IsNeverBelow_AndAtMostAThirtySecondAbove(ulong seed)
    {
        var draw = new SeededDraw(seed);
        var histogram = new LatencyHistogram();
        var exact = Enumerable.Range(0, 5_000).Select(_ => (long)Math.Pow(10, 9 * draw.Share())).ToList();
        foreach (var microseconds in exact) histogram.Add(TimeSpan.FromMicroseconds(microseconds));
        exact.Sort();
        foreach (var share in new[] { 0.001, 0.25, 0.5, 0.9, 0.99, 0.999, 1 })
        {
            var wanted = exact[(int)Math.Ceiling(exact.Count * share) - 1];
            Assert.InRange(histogram.Percentile(share).TotalMicroseconds, wanted, wanted * 33 / 32 + 1);
        }
    }

    [Fact]
    public void Empty_IsZero()
    {
        var histogram = new LatencyHistogram();
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(0.99));
        histogram.Add(TimeSpan.FromSeconds(1));
        histogram.Clear();
        Assert.Equal((0, TimeSpan.Zero, TimeSpan.Zero), (histogram.Count, histogram.Max, histogram.Percentile(1)));
    }

    [Fact]
    public void Ends_AreKeptInTheirBounds()
    {
        var histogram = new LatencyHistogram();
        histogram.Add(TimeSpan.FromMilliseconds(-5));
        Assert.Equal(TimeSpan.Zero, histogram.Percentile(1));
        histogram.Add(TimeSpan.FromDays(30));
        Assert.Equal(2, histogram.Count);
        Assert.Equal(TimeSpan.FromMicroseconds((1L << 36) - 1), histogram.Percentile(1));
    }

    [Fact]
    public void LastSecond_IsTheWholeOneBefore()
    {
        var latency = new LiveLatency();
        latency.Add(TimeSpan.FromMilliseconds(3));
        Assert.Equal(0, latency.LastSecond.Count);
        latency.PassTo(TimeSpan.FromMilliseconds(1_000));
        Assert.Equal(1, latency.LastSecond.Count);
        latency.PassTo(TimeSpan.FromMilliseconds(1_999));
        Assert.Equal(1, latency.LastSecond.Count);
        latency.PassTo(TimeSpan.FromMilliseconds(2_000));
        Assert.Equal((0, 1), (latency.LastSecond.Count, latency.All.Count));
        latency.Add(TimeSpan.FromMilliseconds(4));
        latency.PassTo(TimeSpan.FromMilliseconds(4_500));
        Assert.Equal((0, 2), (latency.LastSecond.Count, latency.All.Count));
    }
}
