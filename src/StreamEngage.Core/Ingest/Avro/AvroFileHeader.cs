using System.Text;

namespace StreamEngage.Ingest.Avro;

// Magic, metadata and sync marker. What is found stands in Metadata also when the header turns out to be damaged.
internal sealed class AvroFileHeader(AvroFileSource source)
{
    public const string SchemaKey = "avro.schema", CodecKey = "avro.codec";

    public static ReadOnlySpan<byte> Magic => "Obj\u0001"u8;

    public OrderedDictionary<string, byte[]> Metadata { get; } = [];

    public byte[] Sync { get; } = new byte[AvroLimits.SyncBytes];

    public AvroFileStatus Read()
    {
        Span<byte> magic = stackalloc byte[Magic.Length];
        if (!source.TryRead(magic) || !magic.SequenceEqual(Magic)) return AvroFileStatus.NotAvro;
        var status = ReadBlocks();
        if (status != AvroFileStatus.Reading) return status;
        if (!source.TryRead(Sync)) return AvroFileStatus.Truncated;
        return Metadata.ContainsKey(SchemaKey) ? AvroFileStatus.Reading : AvroFileStatus.HeaderDamaged;
    }

    public string? Text(string key) => Metadata.TryGetValue(key, out var value) ? Encoding.UTF8.GetString(value) : null;

    private AvroFileStatus ReadBlocks()
    {
        var entries = 0L;
        while (true)
        {
            var read = source.ReadLong(out var count);
            if (read == AvroStatus.Ok && count < 0) read = source.ReadLong(out _);
            if (read != AvroStatus.Ok) return Refuse(read);
            if (count == 0) return AvroFileStatus.Reading;
            if (count is < -AvroLimits.ItemsMax or > AvroLimits.ItemsMax) return AvroFileStatus.HeaderDamaged;
            entries += Math.Abs(count);
            if (entries > AvroLimits.ItemsMax) return AvroFileStatus.HeaderDamaged;
            for (var i = 0; i < Math.Abs(count); i++)
            {
                var status = ReadEntry();
                if (status != AvroFileStatus.Reading) return status;
            }
        }
    }

    private AvroFileStatus ReadEntry()
    {
        var status = ReadBytes(out var key);
        if (status != AvroFileStatus.Reading) return status;
        status = ReadBytes(out var value);
        if (status == AvroFileStatus.Reading) Metadata[Encoding.UTF8.GetString(key)] = value;
        return status;
    }

    private AvroFileStatus ReadBytes(out byte[] bytes)
    {
        bytes = [];
        var read = source.ReadLong(out var length);
        if (read != AvroStatus.Ok) return Refuse(read);
        if (length < 0 || length > AvroLimits.FileHeaderBytesMax - source.Position) return AvroFileStatus.HeaderDamaged;
        bytes = new byte[length];
        return source.TryRead(bytes) ? AvroFileStatus.Reading : AvroFileStatus.Truncated;
    }

    private static AvroFileStatus Refuse(AvroStatus status) =>
        status == AvroStatus.Truncated ? AvroFileStatus.Truncated : AvroFileStatus.HeaderDamaged;
}
