namespace StreamEngage.Ingest.Avro;

/// <summary>Where reading a container file stands. Everything after <see cref="End"/> is an error that ends the reading.</summary>
public enum AvroFileStatus
{
    /// <summary>There may be more rows.</summary>
    Reading,

    /// <summary>The file was read to its end, which is one of a block.</summary>
    End,

    /// <summary>The first four bytes are not those of a container file.</summary>
    NotAvro,

    /// <summary>The metadata are not a map of bytes, are too large, or lack a schema.</summary>
    HeaderDamaged,

    /// <summary>The schema in the header is not valid.</summary>
    SchemaInvalid,

    /// <summary>The schema in the header cannot be read as the schema wanted.</summary>
    SchemaMismatch,

    /// <summary>The blocks are compressed in a way other than null and deflate.</summary>
    CodecUnknown,

    /// <summary>The file ends inside the header or a block.</summary>
    Truncated,

    /// <summary>A block has impossible counts, is past a bound, cannot be inflated, or holds more than its rows.</summary>
    BlockDamaged,

    /// <summary>A block does not end with the file's sync marker.</summary>
    SyncLost,

    /// <summary>A row was refused; the rows of its block after it cannot be found.</summary>
    RowRefused,
}
