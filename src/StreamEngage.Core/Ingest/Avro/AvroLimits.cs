namespace StreamEngage.Ingest.Avro;

/// <summary>Every bound of the Avro codec. Input that passes one is answered with a status, never with an exception.</summary>
public static class AvroLimits
{
    /// <summary>Longest variable-length long, in bytes; an int has at most 5.</summary>
    public const int LongBytesMax = 10;

    /// <summary>Longest variable-length int, in bytes.</summary>
    public const int IntBytesMax = 5;

    /// <summary>Deepest nesting of records, arrays and maps in one datum; unions add none.</summary>
    public const int DepthMax = 32;

    /// <summary>Largest datum, in bytes.</summary>
    public const int DatumBytesMax = 1 << 20;

    /// <summary>Most items of one array and entries of one map, over all of its blocks.</summary>
    public const int ItemsMax = 10_000;

    /// <summary>Most values in one datum: record fields, items and entries, and the bytes of defaults filled in.</summary>
    /// <remarks>Items may take no bytes at all, so nested arrays of null would otherwise multiply without limit.</remarks>
    public const int ValuesMax = DatumBytesMax;

    /// <summary>Largest schema text, in bytes.</summary>
    public const int SchemaBytesMax = 256 * 1024;

    /// <summary>Deepest JSON nesting of a schema text.</summary>
    public const int SchemaDepthMax = 64;

    /// <summary>Most types, references and branches in one schema.</summary>
    public const int SchemaNodesMax = 10_000;

    /// <summary>Most values that all defaults of one schema may expand to.</summary>
    public const int DefaultValuesMax = 10_000;

    /// <summary>Most nodes of one compiled plan.</summary>
    public const int PlanNodesMax = 100_000;

    /// <summary>Longest chain of records entered while a plan is compiled; keeps the compiler's own stack bounded.</summary>
    public const int PlanDepthMax = 256;

    /// <summary>Largest file header, in bytes.</summary>
    public const int FileHeaderBytesMax = 1 << 20;

    /// <summary>Largest block of a container file, in bytes, stored and inflated.</summary>
    public const int FileBlockBytesMax = 16 << 20;

    /// <summary>Most rows of one block whose rows take no bytes; other rows are bounded by the block's bytes.</summary>
    public const int FileBlockEmptyRowsMax = ItemsMax;

    /// <summary>Bytes of a container file's sync marker.</summary>
    public const int SyncBytes = 16;

    // Compile only while they hold: a header has room for the largest schema, a block for the largest datum.
    private const uint _schemaFitsHeader = FileHeaderBytesMax - SchemaBytesMax;
    private const uint _datumFitsBlock = FileBlockBytesMax - DatumBytesMax;
}
