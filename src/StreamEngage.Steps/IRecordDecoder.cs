using StreamEngage.Events;
using StreamEngage.Ingest;

namespace StreamEngage.Steps;

/// <summary>Turns the bytes of an input record into an event. Never throws on input. One a lane; not thread-safe.</summary>
internal interface IRecordDecoder
{
    /// <summary>Decodes into <paramref name="batch"/>; the event is valid until that is cleared.</summary>
    /// <returns><see cref="Decoded.Event"/>, or why the record belongs in quarantine.</returns>
    Decoded TryDecode(ReadOnlySpan<byte> record, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties);
}

/// <summary>Records that are JSON objects.</summary>
internal sealed class JsonRecords(EventSchema schema) : IRecordDecoder
{
    private readonly JsonEventDecoder _json = new(schema);

    public Decoded TryDecode(ReadOnlySpan<byte> record, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties) =>
        _json.TryDecode(record, batch, out decoded, out properties);
}
