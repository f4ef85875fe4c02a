using System.Buffers.Binary;

namespace StreamEngage.Events;

/// <summary>
/// Reads a stored record. Whatever the bytes, it reads no further than them: the first thing that does not fit makes it broken, and what is read
/// from then on is zero or empty.
/// </summary>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private const int NestingMax = 4;

    private ReadOnlySpan<byte> _rest = bytes;

    public bool IsBroken { get; private set; }

    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>Bytes that were not read.</summary>
    public readonly int Left => _rest.Length;

    public byte Byte() => Take(1) is [var value] ? value : (byte)0;

    public bool Flag() => Byte() == 1;

    public ulong Word() => Take(8) is { Length: 8 } word ? BinaryPrimitives.ReadUInt64LittleEndian(word) : 0;

    public uint Half() => Take(4) is { Length: 4 } half ? BinaryPrimitives.ReadUInt32LittleEndian(half) : 0;

    public long Count()
    {
        ulong value = 0;
        for (var shift = 0; shift < 63; shift += 7)
        {
            var part = Byte();
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80) return (long)(value & long.MaxValue);
        }
        IsBroken = true;
        return 0;
    }

    /// <summary>A count of things that follow, each of at least a byte: never more than the bytes left.</summary>
    public int Items()
    {
        var count = Count();
        if (count <= _rest.Length) return (int)count;
        IsBroken = true;
        return 0;
    }

    public long Signed()
    {
        var negative = Flag();
        var value = Count();
        return negative ? -value - 1 : value;
    }

    public EventTime? Time() => Flag() ? new EventTime(Signed()) : null;

    public EventTime TimeOrBeginning() => Time() ?? EventTime.Beginning;

    /// <summary>A text of its own bytes.</summary>
    public Utf8Text Text()
    {
        var text = Take(Items());
        return text.IsEmpty ? default : new(text.ToArray(), 0, text.Length);
    }

    public Value Value() => Value(0);

    private Value Value(int depth)
    {
        switch ((ValueKind)Byte())
        {
            case ValueKind.Null: return default;
            case ValueKind.Number: return Events.Value.Of(BitConverter.UInt64BitsToDouble(Word()));
            case ValueKind.Boolean: return Events.Value.Of(Flag());
            case ValueKind.Text: return Events.Value.Of(Text());
            case ValueKind.List when depth < NestingMax: return List(depth);
            default:
                IsBroken = true;
                return default;
        }
    }

    private Value List(int depth)
    {
        var items = new Value[Items()];
        for (var i = 0; i < items.Length && !IsBroken; i++) items[i] = Value(depth + 1);
        return Events.Value.List(items, 0, items.Length);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (IsBroken || length > _rest.Length)
        {
            IsBroken = true;
            return default;
        }
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
