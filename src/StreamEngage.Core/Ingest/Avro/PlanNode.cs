namespace StreamEngage.Ingest.Avro;

internal enum PlanOp : byte
{
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
    Fixed,
    Enum,
    IntAsLong,
    IntAsFloat,
    IntAsDouble,
    LongAsFloat,
    LongAsDouble,
    FloatAsDouble,
    BytesAsString,
    StringAsBytes,
    Array,
    Map,
    Record,
    Union,
    Unresolvable,
}

// One value: how its writer encoded it and how its reader wants it.
internal sealed record PlanNode(PlanOp Op)
{
    // Branch of the reader's union that takes the value, or -1 where the reader has no union.
    public int Branch { get; init; } = -1;

    public int Size { get; init; }

    public PlanNode? Item { get; init; }

    // One a branch of the writer's union.
    public PlanNode[] Branches { get; init; } = [];

    // The reader's index for each of the writer's symbols, or -1.
    public int[] Symbols { get; init; } = [];

    public RecordPlan? Record { get; init; }
}

// Made before its steps are known, because a record may hold itself.
internal sealed class RecordPlan(AvroRecordSchema schema)
{
    public AvroRecordSchema Schema { get; } = schema;

    // Null while being compiled, and for good when the two records cannot be resolved: a record inside, compiled in the hope that
    // they can, may still lead here.
    public PlanStep[]? Steps { get; set; }

    public bool HasFailed { get; set; }
}

// Field: index in the reader's record, or -1 for a field that only the writer has. Default: set for one that only the reader has.
internal readonly record struct PlanStep(PlanNode Node, int Field, byte[]? Default);
