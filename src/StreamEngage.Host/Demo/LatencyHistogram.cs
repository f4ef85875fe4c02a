using System.Numerics;

namespace StreamEngage.Host.Demo;

/// <summary>
/// How long things took, in a fixed number of buckets: 32 for every doubling, so that what is read is within 1/32 above what was
/// recorded. From 1 µs to about 19 hours.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int SubBits = 5, Sub = 1 << SubBits, BitsMax = 36, Buckets = (BitsMax - SubBits + 1) * Sub;

    private readonly long[] _counts = new long[Buckets];

    public long Count { get; private set; }

    public TimeSpan Max { get; private set; }

    /// <summary>Adds one duration; one below zero is none at all.</summary>
    public void Add(TimeSpan took)
    {
        var microseconds = Math.Clamp((long)took.TotalMicroseconds, 0, (1L << BitsMax) - 1);
        _counts[BucketOf(microseconds)]++;
        Count++;
        if (took > Max) Max = took;
    }

    /// <summary>The duration that the given share of all did not exceed; zero when there are none.</summary>
    /// <param name="share">Over 0, at most 1.</param>
    public TimeSpan Percentile(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < Buckets && Count > 0; i++)
        {
            left -= _counts[i];
            if (left <= 0) return TimeSpan.FromMicroseconds(Math.Min(HighestOf(i), Max.TotalMicroseconds));
        }
        return TimeSpan.Zero;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        (Count, Max) = (0, TimeSpan.Zero);
    }

    private static int BucketOf(long value)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)value | 1) - SubBits);
        return shift * Sub + (int)(value >> shift);
    }

    private static long HighestOf(int bucket)
    {
        var shift = Math.Max(0, bucket / Sub - 1);
        return ((bucket - shift * Sub + 1L) << shift) - 1;
    }
}
