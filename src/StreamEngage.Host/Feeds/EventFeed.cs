using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Feeds;

/// <summary>One record of an input: the event as it is encoded, or why it is none. Its memory is valid until the next one is read.</summary>
/// <param name="Line">The physical line on which the record starts, counted from 1; of an Avro file the number of the row.</param>
/// <param name="Event">The event as one JSON object without a line end, or as one Avro datum; empty for a fault.</param>
/// <param name="Raw">The record as it stands in the file; empty for an Avro row, and for a row that was held to be sorted.</param>
/// <param name="Fault">Null for what the decoder should judge.</param>
/// <param name="Avro">Reads the event where it is an Avro datum; null for JSON.</param>
internal readonly record struct FeedRow(
    long Line, ReadOnlyMemory<byte> Event, ReadOnlyMemory<byte> Raw, RowFault? Fault, AvroReader? Avro = null)
{
    /// <summary>Any number of engines may be offered the same record; each keeps of it what its own rules read.</summary>
    public Decoded OfferTo(PipelineRun run, EventTime ingested) =>
        Avro is null ? run.Offer(Event.Span, ingested) : run.Offer(Avro, Event.Span, ingested);

    /// <summary>The record for people, in UTF-8.</summary>
    public ReadOnlyMemory<byte> Shown() => Avro is not null ? AvroEvents.Shown(Avro, Event.Span) : Raw.IsEmpty ? Event : Raw;
}

/// <summary>The records of one input, one at a time, as the decoders read them.</summary>
internal abstract class EventFeed : IDisposable
{
    /// <summary>Why the input as a whole cannot be read, in words that follow its name; null where it can.</summary>
    public virtual string? Problem => null;

    /// <summary>False at the end. Throws what the stream beneath throws.</summary>
    public abstract bool TryReadNext(out FeedRow row);

    public abstract void Dispose();
}
