namespace StreamEngage.Host.Feeds;

/// <summary>One record of an input: the event's JSON line, or why it is none. Its memory is valid until the next one is read.</summary>
/// <param name="Line">The physical line on which the record starts, counted from 1.</param>
/// <param name="Json">The event as one JSON object without a line end; empty for a fault.</param>
/// <param name="Raw">The record as it stands in the file; empty for a row that was held to be sorted.</param>
/// <param name="Fault">Null for what the decoder should judge.</param>
internal readonly record struct FeedRow(long Line, ReadOnlyMemory<byte> Json, ReadOnlyMemory<byte> Raw, RowFault? Fault);

/// <summary>The records of one input, one at a time, as the JSON lines that the decoder reads.</summary>
internal abstract class EventFeed : IDisposable
{
    /// <summary>False at the end. Throws what the stream beneath throws.</summary>
    public abstract bool TryReadNext(out FeedRow row);

    public abstract void Dispose();
}
