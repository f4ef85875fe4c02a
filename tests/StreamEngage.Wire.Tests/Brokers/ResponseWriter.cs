using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace StreamEngage.Brokers;

/// <summary>A response of Kafka's protocol, its size before it.</summary>
internal sealed class ResponseWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly bool _isFlexible;

    /// <param name="correlation">Of the request.</param>
    /// <param name="isFlexible">Of the body.</param>
    /// <param name="hasTags">Of the header: those of flexible versions have them, but one.</param>
    public ResponseWriter(int correlation, bool isFlexible, bool hasTags)
    {
        Int32(0);
        Int32(correlation);
        _isFlexible = isFlexible;
        if (hasTags) Int8(0);
    }

    public ReadOnlyMemory<byte> Sized()
    {
        var all = _bytes.WrittenSpan.ToArray();
        BinaryPrimitives.WriteInt32BigEndian(all, all.Length - 4);
        return all;
    }

    public ResponseWriter Int8(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
        return this;
    }

    public ResponseWriter Flag(bool value) => Int8(value ? (byte)1 : (byte)0);

    public ResponseWriter Int16(int value)
    {
        BinaryPrimitives.WriteInt16BigEndian(_bytes.GetSpan(2), (short)value);
        _bytes.Advance(2);
        return this;
    }

    public ResponseWriter Error(BrokerError error) => Int16((short)error);

    public ResponseWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32BigEndian(_bytes.GetSpan(4), value);
        _bytes.Advance(4);
        return this;
    }

    public ResponseWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(8), value);
        _bytes.Advance(8);
        return this;
    }

    /// <summary>How long the client shall hold back: never.</summary>
    public ResponseWriter NoThrottle() => Int32(0);

    public ResponseWriter Text(string? value)
    {
        var utf8 = value is null ? [] : Encoding.UTF8.GetBytes(value);
        if (_isFlexible) Varint(value is null ? 0 : (uint)utf8.Length + 1);
        else Int16(value is null ? -1 : utf8.Length);
        _bytes.Write(utf8);
        return this;
    }

    public ResponseWriter Bytes(ReadOnlySpan<byte> value)
    {
        if (_isFlexible) Varint((uint)value.Length + 1);
        else Int32(value.Length);
        _bytes.Write(value);
        return this;
    }

    /// <summary>Several pieces as one.</summary>
    public ResponseWriter Bytes(IReadOnlyCollection<byte[]> pieces)
    {
        var length = pieces.Sum(piece => piece.Length);
        if (_isFlexible) Varint((uint)length + 1);
        else Int32(length);
        foreach (var piece in pieces) _bytes.Write(piece);
        return this;
    }

    public ResponseWriter List<T>(IReadOnlyCollection<T> elements, Action<T> write)
    {
        if (_isFlexible) Varint((uint)elements.Count + 1);
        else Int32(elements.Count);
        foreach (var element in elements) write(element);
        return this;
    }

    /// <summary>Ends a structure: nothing is appended to it.</summary>
    public ResponseWriter Tags() => _isFlexible ? Int8(0) : this;

    private void Varint(uint value)
    {
        for (; value >= 0x80; value >>= 7) Int8((byte)(value | 0x80));
        Int8((byte)value);
    }
}

/// <summary>Errors by the numbers that Kafka's protocol gives them.</summary>
internal enum BrokerError : short
{
    None = 0,
    OffsetOutOfRange = 1,
    UnknownTopicOrPartition = 3,
    IllegalGeneration = 22,
    UnknownMember = 25,
    RebalanceInProgress = 27,
    TopicExists = 36,
    UnsupportedFormat = 43,
    OutOfOrderSequence = 45,
    InvalidProducerEpoch = 47,
    InvalidTransactionState = 48,
    InvalidProducerId = 49,
    ConcurrentTransactions = 51,
    MemberIdRequired = 79,
    UnstableOffsetCommit = 88,
}
