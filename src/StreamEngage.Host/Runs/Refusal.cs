using StreamEngage.Host.Feeds;
using StreamEngage.Ingest;

namespace StreamEngage.Host.Runs;

/// <summary>The decoder's refusals in words: a stable code to count by, and what the line should have been.</summary>
internal static class Refusal
{
    public static RowFault Of(Decoded refused) => refused switch
    {
        Decoded.NotJson => new("not-json", $"not one JSON object of valid UTF-8, at most {Limits.JsonDepthMax} levels deep"),
        Decoded.NotAvro => new("not-avro", "not decodable with its schema"),
        Decoded.TooLarge => new("too-large", $"more than {Limits.EventBytesMax} bytes or {Limits.EventPropertiesMax} properties"),
        Decoded.BadId => new("bad-id", $"id must be a text or whole number of 1 to {Limits.IdBytesMax} bytes"),
        Decoded.BadUser => new("bad-user", $"user must be a text or whole number of 1 to {Limits.IdBytesMax} bytes"),
        Decoded.BadType => new("bad-type", $"type must be a text or whole number of 1 to {Limits.TypeBytesMax} bytes"),
        Decoded.BadTime => new("bad-time", "at must be whole milliseconds since 1970 or RFC 3339 with a zone, before the year 2248"),
        Decoded.BadProps => new("bad-props", "props must be an object"),
        Decoded.FromTheFuture => new("from-the-future", "at is later than the time of ingest by more than the policy allows (--ingest-time)"),
        _ => new("bad-row", "the row could not become an event"),
    };

    /// <summary>Which of the engine's counters a fault of the file's form moves.</summary>
    public static Decoded CountedAs(RowFault fault) => fault.Reason switch
    {
        "too-large" => Decoded.TooLarge,
        "not-avro" => Decoded.NotAvro,
        _ => Decoded.BadRow,
    };
}
