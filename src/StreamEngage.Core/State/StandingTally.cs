using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>How many users stand in which bucket of each ranking. Whole numbers only, so the order of adding does not show.</summary>
internal sealed class StandingTally
{
    private readonly RankCounts[] _rankings = [new(), new(), new()];

    public bool IsEmpty => Array.TrueForAll(_rankings, ranking => ranking.IsEmpty);

    public RankCounts this[Ranking ranking] => _rankings[(int)ranking];

    public void Add(in StandingMove move)
    {
        foreach (var ranking in Enum.GetValues<Ranking>()) this[ranking].Add(move.Standing.Bucket(ranking), move.IsGone ? -1 : 1);
    }

    public void Add(StandingTally other)
    {
        for (var place = 0; place < _rankings.Length; place++) _rankings[place].Add(other._rankings[place]);
    }

    public void Clear()
    {
        foreach (var ranking in _rankings) ranking.Clear();
    }

    public void Write(RecordWriter to)
    {
        foreach (var ranking in _rankings) ranking.Write(to);
    }

    public void Read(ref RecordReader from)
    {
        foreach (var ranking in _rankings) ranking.Read(ref from);
    }
}

/// <summary>How many users stand in which bucket. As big as there are buckets in use: days, or powers of a constant.</summary>
internal sealed class RankCounts
{
    private readonly SortedDictionary<int, long> _counts = [];
    private (int[] Buckets, long[] Below, long All)? _ranks;

    public bool IsEmpty => _counts.Count == 0;

    /// <summary>Adds to, or takes from, a bucket: what was counted earlier may be taken in a later step.</summary>
    public void Add(int bucket, long users)
    {
        var count = _counts.GetValueOrDefault(bucket) + users;
        if (count == 0) _counts.Remove(bucket);
        else _counts[bucket] = count;
        _ranks = null;
    }

    public void Add(RankCounts other)
    {
        foreach (var (bucket, users) in other._counts) Add(bucket, users);
    }

    public void Clear()
    {
        _counts.Clear();
        _ranks = null;
    }

    /// <summary>
    /// Into which of so many parts of equal size all users a bucket falls, from the worst: 1 to <paramref name="parts"/>. Users of one bucket share its
    /// middle. Null while nobody is counted.
    /// </summary>
    public int? PartOf(int bucket, int parts)
    {
        var (buckets, below, all) = _ranks ??= Ranked();
        if (all == 0) return null;
        var place = Array.BinarySearch(buckets, bucket);
        var twiceBefore = place >= 0 ? below[place] + below[place + 1] : 2 * below[~place];
        return (int)Math.Min(parts, 1 + twiceBefore * parts / (2 * all));
    }

    public void Write(RecordWriter to)
    {
        to.Count(_counts.Count);
        foreach (var (bucket, users) in _counts)
        {
            to.Signed(bucket);
            to.Signed(users);
        }
    }

    public void Read(ref RecordReader from)
    {
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
            Add((int)Math.Clamp(from.Signed(), int.MinValue, int.MaxValue), Math.Clamp(from.Signed(), -Limits.EventTimeMax, Limits.EventTimeMax));
    }

    private (int[] Buckets, long[] Below, long All) Ranked()
    {
        var buckets = _counts.Keys.ToArray();
        var below = new long[buckets.Length + 1];
        for (var i = 0; i < buckets.Length; i++) below[i + 1] = below[i] + Math.Max(0, _counts[buckets[i]]);
        return (buckets, below, below[^1]);
    }
}
