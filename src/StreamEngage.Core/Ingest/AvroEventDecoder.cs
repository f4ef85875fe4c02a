using System.Diagnostics.CodeAnalysis;
using StreamEngage.Events;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Ingest;

/// <summary>
/// Decodes Avro data of one writer's schema into events of the batch, keeping only the properties the rulebook reads. Never throws on input. Not
/// thread-safe.
/// </summary>
/// <remarks>Only what is kept is copied into the batch. Data are read as <c>schemas/behavior-event.avsc</c> says, whatever else their writer has.</remarks>
internal sealed class AvroEventDecoder
{
    private readonly EventSchema _schema;
    private readonly AvroReader _reader;
    private readonly AvroProperties _properties;

    private AvroEventDecoder(EventSchema schema, AvroReader reader)
    {
        (_schema, _reader) = (schema, reader);
        _properties = new(schema);
    }

    /// <summary>A decoder of what was written with a schema, or why there can be none.</summary>
    public static bool TryCompile(
        AvroSchema writer,
        EventSchema schema,
        [NotNullWhen(true)] out AvroEventDecoder? decoder,
        [NotNullWhen(false)] out string? problem)
    {
        decoder = AvroReader.TryCompile(writer, AvroSchemas.BehaviorEvent, out var reader, out problem) ? new(schema, reader) : null;
        return decoder is not null;
    }

    /// <summary>Decodes a datum that is all of <paramref name="datum"/>; the event is valid until the batch is cleared.</summary>
    public Decoded TryDecode(
        ReadOnlySpan<byte> datum, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        var sink = Begin(batch);
        var read = _reader.Read(datum, ref sink);
        var isWhole = read.IsOk && read.Position == datum.Length;
        var verdict = isWhole ? Complete(ref sink) : Refusal(read.Status);
        (decoded, properties) = verdict == Decoded.Event ? (sink.Event, sink.Properties) : default;
        return verdict;
    }

    /// <summary>Decodes the next row of a container file opened to be read as <see cref="AvroSchemas.BehaviorEvent"/>.</summary>
    /// <returns>False at the end of the file or at damage, which the file's status tells; true also for a row that is no event.</returns>
    public bool TryDecode(
        AvroFileReader rows, EventBatch batch, out Decoded verdict, out DecodedEvent decoded, out PropertyRun properties)
    {
        var sink = Begin(batch);
        var isRow = rows.Read(ref sink);
        verdict = isRow ? Complete(ref sink) : Decoded.NotAvro;
        (decoded, properties) = verdict == Decoded.Event ? (sink.Event, sink.Properties) : default;
        return isRow;
    }

    private AvroEventSink Begin(EventBatch batch)
    {
        _properties.Begin(batch);
        return new(_schema, _properties, batch);
    }

    private static Decoded Refusal(AvroStatus status) =>
        status is AvroStatus.TooLarge or AvroStatus.TooManyItems ? Decoded.TooLarge : Decoded.NotAvro;

    private Decoded Complete(ref AvroEventSink sink)
    {
        ref var e = ref sink.Event;
        if (!IsId(e.Id)) return Decoded.BadId;
        if (!IsId(e.User)) return Decoded.BadUser;
        if (e.TypeName.Length is 0 or > Limits.TypeBytesMax) return Decoded.BadType;
        if (e.At.UnixMilliseconds is < 0 or > Limits.EventTimeMax) return Decoded.BadTime;
        if (_properties.Count > Limits.EventPropertiesMax) return Decoded.TooLarge;
        e.IdHash = Hash64.Of(e.Id.Span);
        e.UserHash = Hash64.Of(e.User.Span);
        e.ContentHash = _properties.Hash ^ Hash64.Mix(Hash64.Of(e.TypeName.Span), (ulong)e.At.UnixMilliseconds);
        sink.Properties = _properties.Lay(e.Type);
        return Decoded.Event;
    }

    private static bool IsId(Utf8Text text) => text.Length is > 0 and <= Limits.IdBytesMax;
}
