namespace StreamEngage.Ingest.Avro;

internal static class AvroFingerprint
{
    private const ulong _empty = 0xc15d213aa4d7a795;

    private static readonly ulong[] _table = Table();

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var print = _empty;
        foreach (var b in bytes)
            print = (print >> 8) ^ _table[(int)((print ^ b) & 0xff)];
        return print;
    }

    private static ulong[] Table()
    {
        var table = new ulong[256];
        for (var i = 0; i < table.Length; i++)
        {
            var print = (ulong)i;
            for (var bit = 0; bit < 8; bit++)
                print = (print >> 1) ^ ((print & 1) == 0 ? 0 : _empty);
            table[i] = print;
        }

        return table;
    }
}
