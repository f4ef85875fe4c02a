using StreamEngage.Events;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Ingest;

/// <summary>
/// Decodes Avro data into events of the batch, keeping only the properties the rulebook reads. Never throws on input. Not thread-safe.
/// </summary>
/// <remarks>Only what is kept is copied into the batch. Data are read as <c>schemas/behavior-event.avsc</c> says, whatever else their writer has.</remarks>
internal sealed class AvroEventDecoder(EventSchema schema)
{
    private readonly AvroProperties _properties = new(schema);

    /// <summary>Decodes a datum that is all of <paramref name="datum"/>; the event is valid until the batch is cleared.</summary>
    /// <param name="reader">Reads what the datum's writer wrote as <see cref="AvroSchemas.BehaviorEvent"/>.</param>
    /// <param name="datum">The datum.</param>
    /// <param name="batch">Takes the bytes of the event.</param>
    /// <param name="decoded">The event.</param>
    /// <param name="properties">Its properties.</param>
    public Decoded TryDecode(
        AvroReader reader, ReadOnlySpan<byte> datum, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        if (reader.Schema != AvroSchemas.BehaviorEvent) throw new ArgumentException("The reader delivers no behavior events.", nameof(reader));
        _properties.Begin(batch);
        var sink = new AvroEventSink(schema, _properties, batch);
        var read = reader.Read(datum, ref sink);
        var isWhole = read.IsOk && read.Position == datum.Length;
        var verdict = isWhole ? Complete(ref sink) : Refusal(read.Status);
        (decoded, properties) = verdict == Decoded.Event ? (sink.Event, sink.Properties) : default;
        return verdict;
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
        AnonymousField.Keep(schema, ref e, sink.Properties);
        return Decoded.Event;
    }

    private static bool IsId(Utf8Text text) => text.Length is > 0 and <= Limits.IdBytesMax;
}
