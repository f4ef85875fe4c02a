namespace StreamEngage.Steps;

/// <summary>
/// A place in the input of a lane: of each input topic, in the order of the settings, the offset of the next record to apply. Immutable.
/// </summary>
internal sealed class InputPosition : IEquatable<InputPosition>
{
    private readonly long[] _next;

    public InputPosition(IEnumerable<long> next) => _next = [.. next];

    /// <summary>Input topics.</summary>
    public int Count => _next.Length;

    /// <summary>Offset of the next record of a topic.</summary>
    public long this[int topic] => _next[topic];

    /// <summary>The same place, but in one topic.</summary>
    public InputPosition With(int topic, long next)
    {
        var moved = (long[])_next.Clone();
        moved[topic] = next;
        return new(moved);
    }

    /// <summary>The same place, but as far on in its first topics as a place of these alone.</summary>
    public InputPosition After(InputPosition first) => new([.. first._next, .. _next[first.Count..]]);

    /// <summary>True when no topic stands before where it stands in <paramref name="other"/>.</summary>
    public bool Reaches(InputPosition other)
    {
        for (var topic = 0; topic < _next.Length; topic++)
            if (_next[topic] < other[topic]) return false;
        return true;
    }

    public bool Equals(InputPosition? other) => other is not null && _next.AsSpan().SequenceEqual(other._next);

    public override bool Equals(object? obj) => Equals(obj as InputPosition);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var next in _next) hash.Add(next);
        return hash.ToHashCode();
    }

    public override string ToString() => string.Join(',', _next);
}
