using StreamEngage.Events;
using StreamEngage.Ingest;

namespace StreamEngage.Steps;

/// <summary>Turns the bytes of an input record into an event. Never throws on input. One a lane; not thread-safe.</summary>
internal interface IRecordDecoder
{
    /// <summary>Learns what it needs to decode these records: the schemas they name. Done at once when it has them.</summary>
    /// <exception cref="LogFailedException">It could not find out now; the records are not lost, it is to be called again.</exception>
    ValueTask PrepareAsync(IReadOnlyList<InputRecord> records, CancellationToken stop);

    /// <summary>Decodes into <paramref name="batch"/>; the event is valid until that is cleared.</summary>
    /// <returns><see cref="Decoded.Event"/>, or why the record belongs in quarantine.</returns>
    Decoded TryDecode(ReadOnlySpan<byte> record, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties);
}

/// <summary>Records that are JSON objects.</summary>
internal sealed class JsonRecords(EventSchema schema) : IRecordDecoder
{
    private readonly JsonEventDecoder _json = new(schema);

    public ValueTask PrepareAsync(IReadOnlyList<InputRecord> records, CancellationToken stop) => ValueTask.CompletedTask;

    public Decoded TryDecode(ReadOnlySpan<byte> record, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties) =>
        _json.TryDecode(record, batch, out decoded, out properties);
}
