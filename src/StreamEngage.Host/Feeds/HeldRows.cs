using System.Runtime.InteropServices;

namespace StreamEngage.Host.Feeds;

/// <summary>The events of a file that is not in order of time, given back in it; those of one instant in the file's order.</summary>
internal sealed class HeldRows
{
    private readonly record struct Held(long At, long Line, int Chunk, int Offset, int Length);

    private readonly List<byte[]> _chunks = [];
    private readonly List<Held> _rows = [];
    private int _used;
    private int _next = -1;

    /// <summary>False when the bound is reached; the row is then not held.</summary>
    public bool TryHold(FeedRow row, long at)
    {
        if (_rows.Count == FeedLimits.SortedRowsMax) return false;
        var json = row.Event.Span;
        if (_chunks.Count == 0 || _used + json.Length > _chunks[^1].Length)
        {
            _chunks.Add(new byte[Math.Max(json.Length, 1024 * 1024)]);
            _used = 0;
        }
        json.CopyTo(_chunks[^1].AsSpan(_used));
        _rows.Add(new Held(at, row.Line, _chunks.Count - 1, _used, json.Length));
        _used += json.Length;
        return true;
    }

    public bool TryNext(out FeedRow row)
    {
        if (_next < 0)
        {
            CollectionsMarshal.AsSpan(_rows).Sort(static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Line.CompareTo(b.Line));
            _next = 0;
        }
        row = default;
        if (_next == _rows.Count) return false;
        var held = _rows[_next++];
        row = new FeedRow(held.Line, _chunks[held.Chunk].AsMemory(held.Offset, held.Length), default, null);
        return true;
    }
}
