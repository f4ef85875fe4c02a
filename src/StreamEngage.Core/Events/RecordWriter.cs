using System.Buffers.Binary;

namespace StreamEngage.Events;

/// <summary>Writes a stored record: variable-length numbers, texts and values, into bytes that are reused.</summary>
internal sealed class RecordWriter
{
    private byte[] _bytes = new byte[1_024];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Byte(byte value) => Room(1)[0] = value;

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    public void Word(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(8), value);

    public void Half(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(4), value);

    /// <summary>A number that is mostly small and never negative.</summary>
    public void Count(long value)
    {
        var rest = checked((ulong)value);
        while (rest >= 0x80)
        {
            Byte((byte)(rest & 0x7F | 0x80));
            rest >>= 7;
        }
        Byte((byte)rest);
    }

    /// <summary>A number of either sign.</summary>
    public void Signed(long value)
    {
        Flag(value < 0);
        Count(value < 0 ? -(value + 1) : value);
    }

    public void Time(EventTime? at)
    {
        Flag(at is not null);
        if (at is { } instant) Signed(instant.UnixMilliseconds);
    }

    public void Text(Utf8Text text) => Bytes(text.Span);

    /// <summary>Bytes with their number before them; read back as a text.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        bytes.CopyTo(Room(bytes.Length));
    }

    public void Value(in Value value)
    {
        Byte((byte)value.Kind);
        switch (value.Kind)
        {
            case ValueKind.Number: Word(BitConverter.DoubleToUInt64Bits(value.Number)); break;
            case ValueKind.Boolean: Flag(value.IsTrue); break;
            case ValueKind.Text: Text(value.Text); break;
            case ValueKind.List:
                Count(value.Items.Length);
                foreach (var item in value.Items) Value(item);
                break;
        }
    }

    private Span<byte> Room(int bytes)
    {
        if (Length + bytes > _bytes.Length) Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + bytes));
        Length += bytes;
        return _bytes.AsSpan(Length - bytes, bytes);
    }
}
