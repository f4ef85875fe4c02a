namespace StreamEngage.Ingest.Avro;

/// <summary>How reading one datum ended. Everything but <see cref="Ok"/> means that the datum is refused whole.</summary>
public enum AvroStatus
{
    /// <summary>A whole datum was read; bytes may follow it.</summary>
    Ok,

    /// <summary>The bytes end inside the datum, or a length reaches past them.</summary>
    Truncated,

    /// <summary>A variable-length number takes more bytes, or more bits, than its type has.</summary>
    NumberTooLong,

    /// <summary>A length below zero.</summary>
    NegativeLength,

    /// <summary>A boolean byte other than 0 and 1.</summary>
    BooleanByte,

    /// <summary>A union index outside of the writer's union.</summary>
    UnionIndex,

    /// <summary>An enum index outside of the writer's symbols.</summary>
    EnumIndex,

    /// <summary>A symbol that the reader does not know and has no default for.</summary>
    UnknownSymbol,

    /// <summary>A value of a writer's branch that the reader's schema has no place for.</summary>
    NoMatchingBranch,

    /// <summary>A string or map key that is not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A block's size in bytes is not what its items take.</summary>
    BlockSize,

    /// <summary>Nesting past <see cref="AvroLimits.DepthMax"/>.</summary>
    TooDeep,

    /// <summary>Items past <see cref="AvroLimits.ItemsMax"/> or values past <see cref="AvroLimits.ValuesMax"/>.</summary>
    TooManyItems,

    /// <summary>More than <see cref="AvroLimits.DatumBytesMax"/> bytes.</summary>
    TooLarge,
}

/// <summary>The outcome of reading one datum.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Position">Offset of the first byte after the datum, or of the value that was refused.</param>
public readonly record struct AvroRead(AvroStatus Status, int Position)
{
    /// <summary>Whether a whole datum was read.</summary>
    public bool IsOk => Status == AvroStatus.Ok;
}
