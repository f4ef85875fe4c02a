using System.Buffers.Binary;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>What is to be done with a record.</summary>
internal enum RecordVerdict
{
    /// <summary>It is an event.</summary>
    Event,

    /// <summary>It never will be one: to quarantine, with the reason.</summary>
    Quarantine,

    /// <summary>Its schema is not known yet: the lane waits, and <see cref="RecordDecoder.PrepareAsync"/> is called again.</summary>
    Wait,
}

/// <summary>The verdict on a record; the reason is one of a closed list, empty for an event.</summary>
internal readonly record struct RecordDecoding(RecordVerdict Verdict, string Reason);

/// <summary>
/// Decodes the bytes of records. Their first bytes tell the format: 0 a registry's id, C3 01 an Avro single object, anything else is JSON. Never
/// throws on input. Not thread-safe: one a worker, over a shared catalog.
/// </summary>
internal sealed class RecordDecoder(EventSchema schema, SchemaCatalog catalog)
{
    private const int WireHeaderBytes = 5;
    private const int SingleObjectHeaderBytes = 10;

    // The codes that every feed counts by.
    private static readonly Dictionary<Decoded, string> Reasons = new()
    {
        [Decoded.NotJson] = "not-json", [Decoded.NotAvro] = "not-avro", [Decoded.TooLarge] = "too-large", [Decoded.BadId] = "bad-id",
        [Decoded.BadUser] = "bad-user", [Decoded.BadType] = "bad-type", [Decoded.BadTime] = "bad-time", [Decoded.BadProps] = "bad-props",
        [Decoded.BadRow] = "bad-row", [Decoded.FromTheFuture] = "from-the-future",
    };

    private readonly JsonEventDecoder _json = new(schema);
    // Null: the writer's schema cannot be read as an event.
    private readonly BoundedCache<AvroSchema, AvroEventDecoder?> _decoders = new(KafkaLimits.SchemasMax);

    /// <summary>Asks for the schemas that these records name and nobody knows yet; done at once when there are none.</summary>
    public ValueTask PrepareAsync(IReadOnlyList<InputRecord> records, CancellationToken stop)
    {
        HashSet<int>? unasked = null;
        foreach (var record in records)
            if (IsWireFormat(record.Value.Span, out var id) && catalog.Find(id).Knowledge == SchemaKnowledge.Unasked) (unasked ??= []).Add(id);
        return unasked is null ? ValueTask.CompletedTask : AskAsync(unasked, stop);
    }

    /// <summary>Decodes one record; the event is valid until the batch is cleared.</summary>
    public RecordDecoding TryDecode(ReadOnlySpan<byte> value, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        (decoded, properties) = (default, default);
        if (value.IsEmpty) return Refused("empty");
        if (value.Length > Limits.EventBytesMax) return Refused("too-large");
        if (IsWireFormat(value, out var id)) return TryDecode(catalog.Find(id), value[WireHeaderBytes..], batch, out decoded, out properties);
        if (value[0] == 0) return Refused("bad-wire-format");
        if (!IsSingleObject(value, out var fingerprint)) return Told(_json.TryDecode(value, batch, out decoded, out properties));
        return catalog.Find(fingerprint) is { } writer
            ? TryDecode(writer, value[SingleObjectHeaderBytes..], batch, out decoded, out properties)
            : Refused("unknown-schema");
    }

    private RecordDecoding TryDecode(
        SchemaAnswer answer, ReadOnlySpan<byte> datum, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        (decoded, properties) = (default, default);
        return answer.Knowledge switch
        {
            SchemaKnowledge.Avro => TryDecode(answer.Schema!, datum, batch, out decoded, out properties),
            SchemaKnowledge.Json => Told(_json.TryDecode(datum, batch, out decoded, out properties)),
            SchemaKnowledge.Unknown => Refused("unknown-schema"),
            SchemaKnowledge.Unusable => Refused("unusable-schema"),
            _ => new(RecordVerdict.Wait, "schema-unavailable"),
        };
    }

    private RecordDecoding TryDecode(
        AvroSchema writer, ReadOnlySpan<byte> datum, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        (decoded, properties) = (default, default);
        if (!_decoders.TryGet(writer, out var decoder))
        {
            AvroEventDecoder.TryCompile(writer, schema, out decoder, out _);
            _decoders.Set(writer, decoder);
        }
        return decoder is null ? Refused("unusable-schema") : Told(decoder.TryDecode(datum, batch, out decoded, out properties));
    }

    private async ValueTask AskAsync(HashSet<int> ids, CancellationToken stop)
    {
        foreach (var id in ids) await catalog.FindAsync(id, stop);
    }

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

    private static RecordDecoding Refused(string reason) => new(RecordVerdict.Quarantine, reason);

    private static RecordDecoding Told(Decoded decoded) => decoded == Decoded.Event ? new(RecordVerdict.Event, "") : Refused(Reasons[decoded]);
}
