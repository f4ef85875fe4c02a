namespace StreamEngage.Redis;

/// <summary>The slot of Redis Cluster that a hash tag falls into: CRC16 (polynomial 0x1021, from 0) modulo 16,384.</summary>
internal static class KeySlot
{
    public const int Slots = 16_384;

    private static readonly ushort[] _table = [.. Enumerable.Range(0, 256).Select(Shifted)];

    public static int Of(ReadOnlySpan<byte> tag) => Crc(tag) % Slots;

    /// <summary>Goes on from the sum of what stands before.</summary>
    public static int Crc(ReadOnlySpan<byte> bytes, int before = 0)
    {
        var crc = before;
        foreach (var next in bytes) crc = ((crc << 8) & 0xFFFF) ^ _table[(crc >> 8) ^ next];
        return crc;
    }

    private static ushort Shifted(int value)
    {
        var crc = value << 8;
        for (var bit = 0; bit < 8; bit++) crc = (crc & 0x8000) == 0 ? crc << 1 : ((crc << 1) ^ 0x1021) & 0xFFFF;
        return (ushort)(crc & 0xFFFF);
    }
}
