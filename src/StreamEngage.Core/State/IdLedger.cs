
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
    private const int SizeMin = 4;

    // Hashes in its first half, stamps in the second: time of the event << 20 | part of its content's hash.
    private ulong[]? _ring;
    private int _next;

    public int Count { get; private set; }

    public readonly ReadOnlySpan<ulong> Hashes => Ordered(0);

    public readonly ReadOnlySpan<ulong> Stamps => Ordered(Size);

    private readonly int Size => _ring is null ? 0 : _ring.Length / 2;

    /// <summary>Asks for the memory of the ring, without reading it.</summary>
    public readonly void Prefetch()
    {
        if (_ring is not null) MemoryAhead.Ask(_ring, lines: 2);
    }

    /// <summary>
    /// Remembers a new id. An id whose event is <paramref name="horizon"/> or more before <paramref name="clock"/> is forgotten.
    /// </summary>
    public IdVerdict Admit(ulong id, ulong content, long at, long clock, long horizon)
    {
        var known = _ring is null ? -1 : _ring.AsSpan(0, Count).IndexOf(id);
        if (known < 0)
        {
            Remember(id, Stamp(at, content), clock - horizon);
            return IdVerdict.New;
        }
        ref var stamp = ref _ring![Size + known];
        if ((long)(stamp >> ContentBits) > clock - horizon)
            return ((stamp ^ content) & ContentMask) == 0 ? IdVerdict.Duplicate : IdVerdict.Collision;
        stamp = Stamp(at, content);
        return IdVerdict.New;
    }

    /// <summary>Puts back an entry read from a stored state, oldest first.</summary>
    public void Restore(ulong id, ulong stamp) => Remember(id, stamp, long.MinValue);

    /// <summary>The ids of two users who are one, newest kept; the times of those that both had are added to <paramref name="shared"/>.</summary>
    public static IdLedger Union(in IdLedger a, in IdLedger b, List<long> shared)
    {
        var entries = new Dictionary<ulong, ulong>(a.Count + b.Count);
        for (var i = 0; i < a.Count; i++) entries[a._ring![i]] = a._ring[a.Size + i];
        for (var i = 0; i < b.Count; i++)
        {
            var (id, stamp) = (b._ring![i], b._ring[b.Size + i]);
            if (!entries.TryGetValue(id, out var known)) entries.Add(id, stamp);
            else if (known == stamp) shared.Add((long)(known >> ContentBits));
            else entries[id] = Math.Min(known, stamp);
        }
        var union = default(IdLedger);
        foreach (var (id, stamp) in entries.OrderBy(entry => entry.Value).ThenBy(entry => entry.Key)) union.Restore(id, stamp);
        return union;
    }

    private static ulong Stamp(long at, ulong content) => ((ulong)at << ContentBits) | (content & ContentMask);

    private void Remember(ulong id, ulong stamp, long forgottenUntil)
    {
        _ring ??= new ulong[2 * SizeMin];
        if (Count == Size && !OldestIsForgotten(forgottenUntil) && Count < Limits.DedupIdsMax) Grow();
        _ring[_next] = id;
        _ring[Size + _next] = stamp;
        if (Count < Size) Count++;
        _next = _next + 1 == Size ? 0 : _next + 1;
    }

    private readonly bool OldestIsForgotten(long until) => (long)(_ring![Size + _next] >> ContentBits) <= until;

    private void Grow()
    {
        var size = Math.Min(Size * 2, Limits.DedupIdsMax);
        var grown = new ulong[2 * size];
        Hashes.CopyTo(grown);
        Stamps.CopyTo(grown.AsSpan(size));
        (_ring, _next) = (grown, Count);
    }

    /// <summary>A half of the ring, oldest first.</summary>
    private readonly ReadOnlySpan<ulong> Ordered(int from)
    {
        var half = _ring.AsSpan(from, Count);
        if (Count < Size || _next == 0) return half;
        var ordered = new ulong[Count];
        half[_next..].CopyTo(ordered);
        half[.._next].CopyTo(ordered.AsSpan(Count - _next));
        return ordered;
    }
}
