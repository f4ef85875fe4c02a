namespace StreamEngage.Ingest.Avro;

/// <summary>The fourteen types of the Avro specification.</summary>
public enum AvroType
{
    /// <summary>No bytes.</summary>
    Null,

    /// <summary>One byte, 0 or 1.</summary>
    Boolean,

    /// <summary>32 bits, zigzag and variable-length.</summary>
    Int,

    /// <summary>64 bits, zigzag and variable-length.</summary>
    Long,

    /// <summary>4 bytes, little-endian.</summary>
    Float,

    /// <summary>8 bytes, little-endian.</summary>
    Double,

    /// <summary>A length and that many bytes.</summary>
    Bytes,

    /// <summary>A length and that many bytes of UTF-8.</summary>
    String,

    /// <summary>Its fields in the order of the schema.</summary>
    Record,

    /// <summary>The index of a symbol, as an int.</summary>
    Enum,

    /// <summary>Blocks of items.</summary>
    Array,

    /// <summary>Blocks of string keys with values.</summary>
    Map,

    /// <summary>The index of a branch, then a value of it.</summary>
    Union,

    /// <summary>As many bytes as the schema says.</summary>
    Fixed,
}
