using System.Buffers.Binary;
using System.Numerics;

namespace StreamEngage.Brokers;

/// <summary>A batch of records (format 2) of which a broker reads and writes the head alone.</summary>
internal sealed class RecordBatch(byte[] bytes)
{
    private const int HeadBytes = 61;
    private const short Stamped = 0x08, Transactional = 0x10, Control = 0x20;

    public byte[] Bytes => bytes;

    /// <summary>False: of a format that came before transactions.</summary>
    public bool IsKnownFormat => bytes.Length >= HeadBytes && bytes[16] == 2;

    public long First
    {
        get => BinaryPrimitives.ReadInt64BigEndian(bytes);
        set => BinaryPrimitives.WriteInt64BigEndian(bytes, value);
    }

    public long Last => First + BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(23));

    public long LastTimestamp => BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(35));

    public long Producer => BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(43));

    public short Epoch => BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(51));

    public int FirstSequence => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(53));

    public int LastSequence => FirstSequence + (int)(Last - First);

    public bool IsTransactional => (Attributes & Transactional) != 0;

    private short Attributes => BinaryPrimitives.ReadInt16BigEndian(bytes.AsSpan(21));

    /// <summary>The broker's time instead of the producer's.</summary>
    public void Stamp(long now)
    {
        BinaryPrimitives.WriteInt16BigEndian(bytes.AsSpan(21), (short)(Attributes | Stamped));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(35), now);
        Seal(bytes);
    }

    /// <summary>The mark that ends a producer's transaction in a partition.</summary>
    public static RecordBatch Mark(long producer, short epoch, bool isCommit, long now)
    {
        // One record: no attributes, deltas 0, key (version 0, 0 abort or 1 commit), value (version 0, epoch of the coordinator 0), no headers.
        byte[] record = [32, 0, 0, 0, 8, 0, 0, 0, isCommit ? (byte)1 : (byte)0, 12, 0, 0, 0, 0, 0, 0, 0];
        var mark = new byte[HeadBytes + record.Length];
        BinaryPrimitives.WriteInt32BigEndian(mark.AsSpan(8), mark.Length - 12);
        mark[16] = 2;
        BinaryPrimitives.WriteInt16BigEndian(mark.AsSpan(21), Transactional | Control);
        BinaryPrimitives.WriteInt64BigEndian(mark.AsSpan(27), now);
        BinaryPrimitives.WriteInt64BigEndian(mark.AsSpan(35), now);
        BinaryPrimitives.WriteInt64BigEndian(mark.AsSpan(43), producer);
        BinaryPrimitives.WriteInt16BigEndian(mark.AsSpan(51), epoch);
        BinaryPrimitives.WriteInt32BigEndian(mark.AsSpan(53), -1);
        BinaryPrimitives.WriteInt32BigEndian(mark.AsSpan(57), 1);
        record.CopyTo(mark, HeadBytes);
        Seal(mark);
        return new(mark);
    }

    /// <summary>The batches of one partition in a request, each of its own bytes.</summary>
    public static IEnumerable<RecordBatch> Read(byte[] records)
    {
        for (var at = 0; at + 12 <= records.Length;)
        {
            var end = at + 12 + BinaryPrimitives.ReadInt32BigEndian(records.AsSpan(at + 8));
            yield return new(records[at..end]);
            at = end;
        }
    }

    // The checksum covers everything behind it: offsets and leader's epoch change without it.
    private static void Seal(byte[] batch)
    {
        var sum = uint.MaxValue;
        foreach (var value in batch.AsSpan(21)) sum = BitOperations.Crc32C(sum, value);
        BinaryPrimitives.WriteUInt32BigEndian(batch.AsSpan(17), ~sum);
    }
}
