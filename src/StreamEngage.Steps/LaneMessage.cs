using System.Buffers.Binary;

namespace StreamEngage.Steps;

/// <summary>What a message is about. The numbers are stored.</summary>
internal enum MessageKind : byte
{
    /// <summary>An event for a user of the lane, as a JSON line.</summary>
    Event = 1,

    /// <summary>What came of prompts in the sender's lane: to be counted by the lane that counts for all.</summary>
    Outcomes = 2,

    /// <summary>What came of prompts in all lanes: in force from here on.</summary>
    Statistics = 3,

    /// <summary>A rulebook, in force from here on: <see cref="Reigns.RulebookText"/>.</summary>
    Rulebook = 6,
}

/// <summary>Something that one lane tells another. A record of the exchange topic, in the partition of the lane it is for.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Sender">The lane that told it; <see cref="NoLane"/>: a person, by way of an instance.</param>
/// <param name="Number">Rises from message to message of a sender to any lane: what has been taken is known by it.</param>
/// <param name="Body">By kind.</param>
internal readonly record struct LaneMessage(MessageKind Kind, int Sender, long Number, ReadOnlyMemory<byte> Body)
{
    public const int NoLane = -1;

    private const byte Version = 1;
    private const int HeadBytes = 2 + sizeof(int) + sizeof(long);

    public byte[] Encode()
    {
        var bytes = new byte[HeadBytes + Body.Length];
        (bytes[0], bytes[1]) = (Version, (byte)Kind);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(2), Sender);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(2 + sizeof(int)), Number);
        Body.Span.CopyTo(bytes.AsSpan(HeadBytes));
        return bytes;
    }

    /// <summary>Whether a record is a message of a kind.</summary>
    public static bool IsOf(ReadOnlyMemory<byte> record, MessageKind kind) => record.Length >= HeadBytes && record.Span[1] == (byte)kind;

    /// <returns>Null for what no engine wrote, or one that is newer.</returns>
    public static LaneMessage? Decode(ReadOnlyMemory<byte> record)
    {
        if (record.Length < HeadBytes || record.Span[0] != Version) return null;
        var head = record.Span[2..HeadBytes];
        return new((MessageKind)record.Span[1], BinaryPrimitives.ReadInt32LittleEndian(head), BinaryPrimitives.ReadInt64LittleEndian(head[sizeof(int)..]),
            record[HeadBytes..]);
    }
}

/// <summary>A message and the lane it is for.</summary>
internal readonly record struct AddressedMessage(int Lane, LaneMessage Message);
