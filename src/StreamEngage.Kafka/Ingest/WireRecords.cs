using System.Buffers.Binary;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>
/// Decodes the bytes of records. Their first bytes tell the format: 0 a registry's id, C3 01 an Avro single object, anything else is JSON. Never
/// throws on input. Not thread-safe: one a worker, over a shared catalog.
/// </summary>
internal sealed class WireRecords(EventSchema schema, SchemaCatalog catalog) : IRecordDecoder
{
    private const int WireHeaderBytes = 5;
    private const int SingleObjectHeaderBytes = 10;

    private readonly JsonEventDecoder _json = new(schema);
    private readonly AvroEventDecoder _avro = new(schema);
    // Null: the writer's schema cannot be read as an event.
    private readonly BoundedCache<AvroSchema, AvroReader?> _readers = new(KafkaLimits.SchemasMax);

    public ValueTask PrepareAsync(IReadOnlyList<InputRecord> records, CancellationToken stop)
    {
        HashSet<int>? unasked = null;
        foreach (var record in records)
            if (IsWireFormat(record.Value.Span, out var id) && IsOpen(catalog.Find(id))) (unasked ??= []).Add(id);
        return unasked is null ? ValueTask.CompletedTask : AskAsync(unasked, stop);
    }

    public Decoded TryDecode(ReadOnlySpan<byte> value, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        (decoded, properties) = (default, default);
        if (value.Length > Limits.EventBytesMax) return Decoded.TooLarge;
        if (IsWireFormat(value, out var id)) return TryDecode(catalog.Find(id), value[WireHeaderBytes..], batch, out decoded, out properties);
        if (!IsSingleObject(value, out var fingerprint)) return _json.TryDecode(value, batch, out decoded, out properties);
        return catalog.Find(fingerprint) is { } writer
            ? TryDecode(writer, value[SingleObjectHeaderBytes..], batch, out decoded, out properties)
            : Decoded.UnknownSchema;
    }

    private Decoded TryDecode(SchemaAnswer answer, ReadOnlySpan<byte> datum, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        (decoded, properties) = (default, default);
        return answer.Knowledge switch
        {
            SchemaKnowledge.Avro => TryDecode(answer.Schema!, datum, batch, out decoded, out properties),
            SchemaKnowledge.Json => _json.TryDecode(datum, batch, out decoded, out properties),
            _ => Decoded.UnknownSchema,
        };
    }

    private Decoded TryDecode(AvroSchema writer, ReadOnlySpan<byte> datum, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        (decoded, properties) = (default, default);
        if (!_readers.TryGet(writer, out var reader))
        {
            AvroReader.TryCompile(writer, AvroSchemas.BehaviorEvent, out reader, out _);
            _readers.Set(writer, reader);
        }
        return reader is null ? Decoded.UnknownSchema : _avro.TryDecode(reader, datum, batch, out decoded, out properties);
    }

    private async ValueTask AskAsync(HashSet<int> ids, CancellationToken stop)
    {
        foreach (var id in ids)
            if (await catalog.FindAsync(id, stop) is var answer && IsOpen(answer))
                throw new LogFailedException($"schema {id} cannot be asked for now: {answer.Why}");
    }

    private static bool IsOpen(in SchemaAnswer answer) => answer.Knowledge is SchemaKnowledge.Unasked or SchemaKnowledge.Unavailable;

    private static bool IsWireFormat(ReadOnlySpan<byte> value, out int id)
    {
        var is0 = value.Length >= WireHeaderBytes && value[0] == 0;
        id = is0 ? BinaryPrimitives.ReadInt32BigEndian(value[1..]) : 0;
        return is0;
    }

    private static bool IsSingleObject(ReadOnlySpan<byte> value, out ulong fingerprint)
    {
        var isOne = value.Length >= SingleObjectHeaderBytes && value[0] == 0xC3 && value[1] == 0x01;
        fingerprint = isOne ? BinaryPrimitives.ReadUInt64LittleEndian(value[2..]) : 0;
        return isOne;
    }
}
