using System.Buffers.Binary;

namespace StreamEngage.Steps;

/// <summary>How the producers of the input choose a partition by a record's key, which is the user.</summary>
internal enum KeyHash
{
    /// <summary>The Java client's, and of <c>murmur2</c> and <c>murmur2_random</c> of librdkafka.</summary>
    Murmur2,

    /// <summary>librdkafka's own: <c>consistent</c> and <c>consistent_random</c>.</summary>
    Crc32,
}

/// <summary>Which lane has a user, so that lanes can tell each other of users who are not their own.</summary>
/// <param name="hash">As the producers of the input do it.</param>
/// <param name="lanes">Partitions of the input.</param>
internal sealed class Partitioner(KeyHash hash, int lanes)
{
    private const uint MurmurSeed = 0x9747_B28C, MurmurFactor = 0x5BD1_E995, CrcPolynomial = 0xEDB8_8320;
    private const int MurmurShift = 24;

    public int LaneOf(ReadOnlySpan<byte> user) => hash switch
    {
        KeyHash.Murmur2 => (Murmur2(user) & int.MaxValue) % lanes,
        _ => (int)(Crc32(user) % (uint)lanes),
    };

    /// <summary>MurmurHash2 of 32 bits with the seed that Kafka's clients have in common.</summary>
    public static int Murmur2(ReadOnlySpan<byte> key)
    {
        unchecked
        {
            var h = MurmurSeed ^ (uint)key.Length;
            for (; key.Length >= sizeof(uint); key = key[sizeof(uint)..])
            {
                var k = BinaryPrimitives.ReadUInt32LittleEndian(key) * MurmurFactor;
                k ^= k >> MurmurShift;
                h = (h * MurmurFactor) ^ (k * MurmurFactor);
            }
            if (key.Length > 2) h ^= (uint)key[2] << 16;
            if (key.Length > 1) h ^= (uint)key[1] << 8;
            if (key.Length > 0) h = (h ^ key[0]) * MurmurFactor;
            h = (h ^ (h >> 13)) * MurmurFactor;
            return (int)(h ^ (h >> 15));
        }
    }

    /// <summary>CRC-32 as of zlib and Ethernet (ISO 3309).</summary>
    public static uint Crc32(ReadOnlySpan<byte> key)
    {
        var crc = uint.MaxValue;
        foreach (var octet in key)
        {
            crc ^= octet;
            for (var bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ ((crc & 1) == 0 ? 0 : CrcPolynomial);
        }
        return ~crc;
    }
}
