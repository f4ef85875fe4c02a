using System.Buffers.Binary;
using System.Text;

namespace StreamEngage.Brokers;

/// <summary>
/// A request of Kafka's protocol, read from its beginning to its end. Flexible versions write lengths short and may append what older readers skip.
/// </summary>
internal sealed class RequestReader(byte[] bytes)
{
    private int _at;

    public short Api { get; private set; }

    public short Version { get; private set; }

    public int Correlation { get; private set; }

    /// <summary>Whether this version of this request is flexible; set before the body is read.</summary>
    public bool IsFlexible { get; private set; }

    public void ReadHeader(Func<short, short, bool> isFlexible)
    {
        (Api, Version, Correlation) = (Int16(), Int16(), Int32());
        // Who asks: nobody wants to know.
        NullableText();
        IsFlexible = isFlexible(Api, Version);
        SkipTags();
    }

    public byte Int8() => bytes[_at++];

    public bool Flag() => Int8() != 0;

    public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

    public long Int64() => BinaryPrimitives.ReadInt64BigEndian(Take(8));

    public string Text() => NullableText() ?? "";

    public string? NullableText()
    {
        var length = IsFlexible ? (int)Varint() - 1 : Int16();
        return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
    }

    public byte[] Bytes()
    {
        var length = IsFlexible ? (int)Varint() - 1 : Int32();
        return length < 0 ? [] : Take(length).ToArray();
    }

    /// <summary>An array, each element read by <paramref name="element"/>; null where there is none.</summary>
    public List<T>? NullableList<T>(Func<T> element)
    {
        var count = IsFlexible ? (int)Varint() - 1 : Int32();
        if (count < 0) return null;
        List<T> read = [];
        while (read.Count < count) read.Add(element());
        return read;
    }

    public List<T> List<T>(Func<T> element) => NullableList(element) ?? [];

    public void SkipTags()
    {
        if (!IsFlexible) return;
        for (var tags = Varint(); tags > 0; tags--)
        {
            Varint();
            Take((int)Varint());
        }
    }

    private uint Varint()
    {
        var value = 0u;
        for (var shift = 0; ; shift += 7)
        {
            var next = Int8();
            value |= (next & 0x7Fu) << shift;
            if (next < 0x80) return value;
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var taken = bytes.AsSpan(_at, count);
        _at += count;
        return taken;
    }
}
