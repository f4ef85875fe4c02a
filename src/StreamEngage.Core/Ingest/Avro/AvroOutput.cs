using System.Buffers.Binary;
using System.Text;

namespace StreamEngage.Ingest.Avro;

/// <summary>Bytes of Avro being written: a growing buffer, to be reused. Not for two threads at once.</summary>
/// <remarks>Writes what it is told, without a schema; <see cref="AvroWriter"/> follows one.</remarks>
public sealed class AvroOutput
{
    private const int _initialBytes = 256;

    private byte[] _buffer = new byte[_initialBytes];
    private int _length;

    /// <summary>What was written since the last <see cref="Clear"/>; valid until the next call on this object.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, _length);

    /// <summary>Empties the buffer and keeps its memory.</summary>
    public void Clear() => _length = 0;

    /// <summary>One byte.</summary>
    /// <param name="value">Written as 1 or 0.</param>
    public void WriteBoolean(bool value) => Take(1)[0] = value ? (byte)1 : (byte)0;

    /// <summary>An int, a long, an enum index, a union index or a block count: all are encoded alike.</summary>
    /// <param name="value">Any.</param>
    public void WriteLong(long value)
    {
        Reserve(AvroLimits.LongBytesMax);
        var rest = unchecked((ulong)((value << 1) ^ (value >> 63)));
        for (; rest >= 0x80; rest >>= 7)
            _buffer[_length++] = (byte)((rest & 0x7f) | 0x80);
        _buffer[_length++] = (byte)rest;
    }

    /// <summary>Four bytes.</summary>
    /// <param name="value">Any, also NaN.</param>
    public void WriteFloat(float value) => BinaryPrimitives.WriteSingleLittleEndian(Take(sizeof(float)), value);

    /// <summary>Eight bytes.</summary>
    /// <param name="value">Any, also NaN.</param>
    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Take(sizeof(double)), value);

    /// <summary>A length and the bytes.</summary>
    /// <param name="value">Bytes, or UTF-8 that the caller vouches for.</param>
    public void WriteBytes(ReadOnlySpan<byte> value)
    {
        WriteLong(value.Length);
        WriteRaw(value);
    }

    /// <summary>A length and UTF-8.</summary>
    /// <param name="value">Half of a surrogate pair becomes U+FFFD.</param>
    public void WriteString(ReadOnlySpan<char> value)
    {
        var bytes = Encoding.UTF8.GetByteCount(value);
        WriteLong(bytes);
        Encoding.UTF8.GetBytes(value, Take(bytes));
    }

    /// <summary>The bytes alone: a fixed, or something encoded before.</summary>
    /// <param name="value">Any number of bytes.</param>
    public void WriteRaw(ReadOnlySpan<byte> value) => value.CopyTo(Take(value.Length));

    private Span<byte> Take(int bytes)
    {
        Reserve(bytes);
        var taken = _buffer.AsSpan(_length, bytes);
        _length += bytes;
        return taken;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length < bytes)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _length + bytes));
    }
}
