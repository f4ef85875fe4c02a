namespace StreamEngage.State;

/// <summary>What the ledger says of an event's id.</summary>
internal enum IdVerdict { New, Duplicate, Collision }

/// <summary>
/// The ids of a user's recent events: a ring of hashes, at most <see cref="Limits.DedupIdsMax"/>, the oldest out first.
/// Hashes stand apart from times so that a look-up is one vectorised scan.
/// </summary>
internal struct IdLedger
{
    private const int ContentBits = 20;
    private const ulong ContentMask = (1UL << ContentBits) - 1;

    private ulong[]? _hashes;
    private ulong[]? _stamps;   // time of the event << 20 | part of its content's hash
    private int _next;

    public int Count { get; private set; }

    public readonly ReadOnlySpan<ulong> Hashes => Ordered(_hashes);

    public readonly ReadOnlySpan<ulong> Stamps => Ordered(_stamps);

    /// <summary>
    /// Remembers a new id. An id whose event is <paramref name="horizon"/> or more before <paramref name="clock"/> is forgotten.
    /// </summary>
    public IdVerdict Admit(ulong id, ulong content, long at, long clock, long horizon)
    {
        var known = _hashes is null ? -1 : _hashes.AsSpan(0, Count).IndexOf(id);
        if (known < 0)
        {
            Remember(id, Stamp(at, content), clock - horizon);
            return IdVerdict.New;
        }
        var stamp = _stamps![known];
        if ((long)(stamp >> ContentBits) > clock - horizon)
            return ((stamp ^ content) & ContentMask) == 0 ? IdVerdict.Duplicate : IdVerdict.Collision;
        _stamps[known] = Stamp(at, content);
        return IdVerdict.New;
    }

    /// <summary>Puts back an entry read from a stored state, oldest first.</summary>
    public void Restore(ulong id, ulong stamp) => Remember(id, stamp, long.MinValue);

    private static ulong Stamp(long at, ulong content) => ((ulong)at << ContentBits) | (content & ContentMask);

    private void Remember(ulong id, ulong stamp, long forgottenUntil)
    {
        if (_hashes is null)
        {
            _hashes = new ulong[4];
            _stamps = new ulong[4];
        }
        if (Count == _hashes.Length && !OldestIsForgotten(forgottenUntil) && Count < Limits.DedupIdsMax) Grow();
        _hashes[_next] = id;
        _stamps![_next] = stamp;
        if (Count < _hashes.Length) Count++;
        _next = _next + 1 == _hashes.Length ? 0 : _next + 1;
    }

    private readonly bool OldestIsForgotten(long until) => (long)(_stamps![_next] >> ContentBits) <= until;

    private void Grow()
    {
        var length = Math.Min(_hashes!.Length * 2, Limits.DedupIdsMax);
        var hashes = new ulong[length];
        var stamps = new ulong[length];
        Hashes.CopyTo(hashes);
        Stamps.CopyTo(stamps);
        (_hashes, _stamps, _next) = (hashes, stamps, Count);
    }

    private readonly ReadOnlySpan<ulong> Ordered(ulong[]? ring)
    {
        if (ring is null || Count < ring.Length || _next == 0) return ring.AsSpan(0, Count);
        var ordered = new ulong[Count];
        ring.AsSpan(_next).CopyTo(ordered);
        ring.AsSpan(0, _next).CopyTo(ordered.AsSpan(Count - _next));
        return ordered;
    }
}
