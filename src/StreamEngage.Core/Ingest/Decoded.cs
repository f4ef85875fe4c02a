namespace StreamEngage.Ingest;

/// <summary>What a decoder found. Everything but <see cref="Event"/> sends the record to quarantine.</summary>
public enum Decoded
{
    /// <summary>A well-formed event.</summary>
    Event,

    /// <summary>Not valid JSON, not valid UTF-8, an escape of half a character, not an object, or nested too deep.</summary>
    NotJson,

    /// <summary>Not decodable with its Avro schema.</summary>
    NotAvro,

    /// <summary>Bigger than the limit of one event, or too many properties.</summary>
    TooLarge,

    /// <summary><c>id</c> is missing, empty, too long or not a string.</summary>
    BadId,

    /// <summary><c>user</c> is missing, empty, too long or not a string.</summary>
    BadUser,

    /// <summary><c>type</c> is missing, empty, too long or not a string.</summary>
    BadType,

    /// <summary><c>at</c> is missing, neither whole milliseconds nor RFC 3339, or outside the years 1970 to 2248.</summary>
    BadTime,

    /// <summary><c>props</c> is not an object.</summary>
    BadProps,

    /// <summary>A row of a mapped file could not become an event.</summary>
    BadRow,

    /// <summary><c>at</c> is later than the time of ingest by more than the policy allows.</summary>
    FromTheFuture,

    /// <summary>It is Avro of a schema that is not known, or that cannot be read as an event.</summary>
    UnknownSchema,

    /// <summary>A record among what lanes tell each other that no engine wrote.</summary>
    NotMessage,

    /// <summary>The first event of a user, since the user was last quiet, that is more than one user may send. Further ones are only counted.</summary>
    TooManyOfUser,

    /// <summary>A well-formed event with which the engine throws, which is a bug of it: nothing of the event was applied.</summary>
    EngineFault,
}
