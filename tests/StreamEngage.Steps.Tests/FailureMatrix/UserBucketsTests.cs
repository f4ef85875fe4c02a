namespace StreamEngage.Steps.FailureMatrix;

/// <summary>What buckets say depends on what they were shown, and not on when they were written down.</summary>
public sealed class UserBucketsTests
{
    [Fact]
    public void WrittenAndReadAfterAnyRecord_TheySayTheSame()
    {
        const int Seed = 11;
        var lot = new Random(Seed);
        var (whole, parted) = (new UserBuckets(), new UserBuckets());
        UserRate[] rates = [new(3, 2), new(50, 4), new(100_000, 1_000_000)];
        var at = 1_000_000L;
        for (var i = 0; i < 20_000; i++)
        {
            at = Math.Max(1, at + lot.Next(-20, 60) + (lot.Next(2_000) == 0 ? lot.Next(-200_000, 200_000) : 0));
            var (rate, user) = (rates[lot.Next(100) > 0 ? 0 : lot.Next(rates.Length)], (ulong)lot.Next(lot.Next(1, 3_000)));
            var said = whole.Judge(rate, user, at);
            Assert.True(said == parted.Judge(rate, user, at), $"seed {Seed}, record {i}");
            if (lot.Next(50) > 0) continue;
            var read = new UserBuckets();
            Assert.True(read.TryRead(parted.Write().Span));
            parted = read;
        }
        Assert.Equal(whole.Write().ToArray(), parted.Write().ToArray());
    }

    [Fact]
    public void MoreUsersThanAreKept_AreNotBounded_UntilOthersAreQuiet()
    {
        var (buckets, rate) = (new UserBuckets(), new UserRate(1, 1));
        for (var user = 0; user < UserBuckets.Max; user++) Assert.Equal(BucketVerdict.Fits, buckets.Judge(rate, (ulong)user, 1_000));
        Assert.Equal(BucketVerdict.Overflows, buckets.Judge(rate, 0, 1_000));
        for (var i = 0; i < 3; i++) Assert.Equal(BucketVerdict.Fits, buckets.Judge(rate, 1_000_000, 1_000));
        Assert.Equal(UserBuckets.Max, buckets.Count);
        Assert.Equal(BucketVerdict.Fits, buckets.Judge(rate, 1_000_000, 2_001));
        Assert.Equal(BucketVerdict.Overflows, buckets.Judge(rate, 1_000_000, 2_001));
    }

    [Fact]
    public void UsersWhoAreQuiet_AreForgotten()
    {
        var (buckets, rate) = (new UserBuckets(), new UserRate(100, 10));
        for (var user = 0; user < 500; user++) buckets.Judge(rate, (ulong)user, 1_000);
        for (var i = 0; i < 500; i++) buckets.Judge(rate, 7, 5_000 + i * 100);
        Assert.Equal(1, buckets.Count);
    }

    [Fact]
    public void BrokenBytes_AreRefused()
    {
        var buckets = new UserBuckets();
        buckets.Judge(new(1, 1), 7, 1_000);
        var written = buckets.Write().ToArray();
        Assert.All(Enumerable.Range(1, written.Length - 1), length => Assert.False(new UserBuckets().TryRead(written.AsSpan(0, length))));
        Assert.False(new UserBuckets().TryRead([.. written, 0]));
        Assert.False(new UserBuckets().TryRead([2, .. written[1..], .. written[1..]]));
        Assert.True(new UserBuckets().TryRead(default));
    }
}
