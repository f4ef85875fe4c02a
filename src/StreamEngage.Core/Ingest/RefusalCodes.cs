namespace StreamEngage.Ingest;

/// <summary>The decoder's refusals in words: a stable code to count by, and what the record should have been.</summary>
internal static class RefusalCodes
{
    public static (string Code, string Detail) Of(Decoded refused) => refused switch
    {
        Decoded.NotJson => ("not-json", $"not one JSON object of valid UTF-8, at most {Limits.JsonDepthMax} levels deep"),
        Decoded.NotAvro => ("not-avro", "not decodable with its schema"),
        Decoded.TooLarge => ("too-large", $"more than {Limits.EventBytesMax} bytes or {Limits.EventPropertiesMax} properties"),
        Decoded.BadId => ("bad-id", $"id must be a text or whole number of 1 to {Limits.IdBytesMax} bytes"),
        Decoded.BadUser => ("bad-user", $"user must be a text or whole number of 1 to {Limits.IdBytesMax} bytes"),
        Decoded.BadType => ("bad-type", $"type must be a text or whole number of 1 to {Limits.TypeBytesMax} bytes"),
        Decoded.BadTime => ("bad-time", "at must be whole milliseconds since 1970 or RFC 3339 with a zone, before the year 2248"),
        Decoded.BadProps => ("bad-props", "props must be an object"),
        Decoded.UnknownSchema => ("unknown-schema", "Avro of a schema that is not known, or that cannot be read as a behavior event"),
        Decoded.NotMessage => ("not-message", "no message of a lane; only the engine writes to the exchange topic"),
        Decoded.TooManyOfUser =>
            ("too-many-of-user", "more events of one user than the settings' engine.user_rate takes; further ones of the burst are counted and not kept here"),
        Decoded.EngineFault => ("engine-fault", "the engine threw on this event, which is a bug of it: nothing of the event was applied; see the log"),
        Decoded.FromTheFuture => ("from-the-future", "at is later than the time of ingest by more than the policy allows (--ingest-time)"),
        _ => ("bad-row", "the row could not become an event"),
    };
}
