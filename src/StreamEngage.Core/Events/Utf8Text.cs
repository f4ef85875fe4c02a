using System.Runtime.CompilerServices;
using System.Text;

namespace StreamEngage.Events;

/// <summary>A slice of UTF-8 bytes that somebody else owns. The default value is the empty text.</summary>
/// <remarks>Valid only as long as its owner keeps the bytes: of an event, until its batch is cleared.</remarks>
public readonly struct Utf8Text : IEquatable<Utf8Text>, IComparable<Utf8Text>
{
    private readonly byte[]? _bytes;
    private readonly int _offset;

    internal Utf8Text(byte[] bytes, int offset, int length)
    {
        _bytes = bytes;
        _offset = offset;
        Length = length;
    }

    /// <summary>A text of its own bytes.</summary>
    public Utf8Text(string text)
    {
        _bytes = Encoding.UTF8.GetBytes(text);
        Length = _bytes.Length;
    }

    /// <summary>Bytes, not characters.</summary>
    public int Length { get; }

    /// <summary>True for no bytes.</summary>
    public bool IsEmpty => Length == 0;

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Span
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => new(_bytes, _offset, Length);
    }

    internal byte[] Owner => _bytes ?? [];

    internal int Offset => _offset;

    /// <summary>Bytes of its own, so that it outlives the owner of the slice.</summary>
    public Utf8Text Detach() => IsEmpty ? default : new(Span.ToArray(), 0, Length);

    /// <inheritdoc/>
    public bool Equals(Utf8Text other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Utf8Text other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Hash64.Of(Span) & int.MaxValue);

    /// <summary>Ordinal by bytes, which is the order of code points.</summary>
    public int CompareTo(Utf8Text other) => Span.SequenceCompareTo(other.Span);

    /// <summary>True when the bytes are the same.</summary>
    public static bool operator ==(Utf8Text a, Utf8Text b) => a.Equals(b);

    /// <summary>True when the bytes differ.</summary>
    public static bool operator !=(Utf8Text a, Utf8Text b) => !a.Equals(b);

    /// <summary>Ordinal order.</summary>
    public static bool operator <(Utf8Text a, Utf8Text b) => a.CompareTo(b) < 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >(Utf8Text a, Utf8Text b) => a.CompareTo(b) > 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator <=(Utf8Text a, Utf8Text b) => a.CompareTo(b) <= 0;

    /// <summary>Ordinal order.</summary>
    public static bool operator >=(Utf8Text a, Utf8Text b) => a.CompareTo(b) >= 0;

    /// <inheritdoc/>
    public override string ToString() => Encoding.UTF8.GetString(Span);
}
