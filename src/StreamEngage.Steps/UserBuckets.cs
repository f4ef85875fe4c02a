using System.Runtime.InteropServices;
using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>What a user's bucket says to one more event.</summary>
internal enum BucketVerdict
{
    /// <summary>It is taken.</summary>
    Fits,

    /// <summary>The first one that is not, since the bucket was empty.</summary>
    Overflows,

    /// <summary>A further one.</summary>
    StillOverflows,
}

/// <summary>
/// A leaky bucket for each user of a lane whose events are not long past, so that one user's burst does not hold up all others. What it says is a function
/// of the records and rates that it was shown, in their order, and of nothing else: a step that is made again refuses the same.
/// </summary>
internal sealed class UserBuckets
{
    /// <summary>Buckets that are kept; a user who comes while all are in use is not bounded.</summary>
    public const int Max = 1_024;

    // Of an event: what leaks in a millisecond is whole.
    private const long Parts = 1_000;

    // A record may be stamped a little before the one it follows. One stamped far before it follows a stamp that was wrong.
    private const long SetBackMilliseconds = 60_000;

    // More than one comes with a record, so that what is empty is gone in the end.
    private const int LooksARecord = 2;

    private readonly Dictionary<ulong, Bucket> _buckets = [];
    private readonly Queue<ulong> _round = new();

    public int Count => _buckets.Count;

    /// <param name="rate">For every user.</param>
    /// <param name="user">Hash of the id. Two users of one hash share a bucket.</param>
    /// <param name="at">The record's broker time in milliseconds, from 1 on.</param>
    public BucketVerdict Judge(UserRate rate, ulong user, long at)
    {
        Sweep(rate, at);
        if (!_buckets.ContainsKey(user))
        {
            if (_buckets.Count >= Max) return BucketVerdict.Fits;
            _round.Enqueue(user);
        }
        ref var bucket = ref CollectionsMarshal.GetValueRefOrAddDefault(_buckets, user, out _);
        bucket.Leak(rate, at);
        if (bucket.Level + Parts <= rate.Burst * Parts)
        {
            bucket.Level += Parts;
            return BucketVerdict.Fits;
        }
        var isFirst = !bucket.HasOverflowed;
        bucket.HasOverflowed = true;
        return isFirst ? BucketVerdict.Overflows : BucketVerdict.StillOverflows;
    }

    /// <summary>Nobody is bounded any more.</summary>
    public void Clear()
    {
        _buckets.Clear();
        _round.Clear();
    }

    /// <summary>Empty where there is none.</summary>
    public ReadOnlyMemory<byte> Write()
    {
        if (Count == 0) return default;
        var to = new RecordWriter();
        to.Count(Count);
        foreach (var user in _round)
        {
            var bucket = _buckets[user];
            to.Word(user);
            to.Count(bucket.Level);
            to.Count(bucket.At);
            to.Flag(bucket.HasOverflowed);
        }
        return to.Written.ToArray();
    }

    /// <summary>False when the bytes are broken.</summary>
    public bool TryRead(ReadOnlySpan<byte> record)
    {
        Clear();
        if (record.IsEmpty) return true;
        var from = new RecordReader(record);
        for (var left = from.Items(); left > 0 && !from.IsBroken; left--)
        {
            var user = from.Word();
            _round.Enqueue(user);
            _buckets[user] = new() { Level = from.Count(), At = from.Count(), HasOverflowed = from.Flag() };
        }
        return !from.IsBroken && from.IsAtEnd && _round.Count == _buckets.Count && Count <= Max;
    }

    /// <summary>An empty bucket is as good as none.</summary>
    private void Sweep(UserRate rate, long at)
    {
        for (var looks = Math.Min(LooksARecord, _round.Count); looks > 0; looks--)
        {
            var user = _round.Dequeue();
            if (_buckets[user].IsEmptyAt(rate, at)) _buckets.Remove(user);
            else _round.Enqueue(user);
        }
    }

    private struct Bucket
    {
        public long Level;
        public long At;
        public bool HasOverflowed;

        public readonly bool IsEmptyAt(UserRate rate, long at) => at > At && (at - At) > Level / rate.PerSecond;

        public void Leak(UserRate rate, long at)
        {
            if (at > At)
            {
                Level = at - At > Level / rate.PerSecond ? 0 : Level - (at - At) * rate.PerSecond;
                At = at;
            }
            else if (at < At - SetBackMilliseconds) At = at;
        }
    }
}
