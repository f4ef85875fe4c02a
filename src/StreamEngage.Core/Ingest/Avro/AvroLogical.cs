using System.Globalization;

namespace StreamEngage.Ingest.Avro;

/// <summary>What a value means beyond its type. A logical type that is unknown, or invalid where it stands, is none.</summary>
public enum AvroLogicalType
{
    /// <summary>The plain type.</summary>
    None,

    /// <summary>Unscaled two's complement integer, big-endian, on bytes or fixed.</summary>
    Decimal,

    /// <summary>On string in text form, on fixed of 16 in network order.</summary>
    Uuid,

    /// <summary>Int of days since 1970-01-01.</summary>
    Date,

    /// <summary>Int of milliseconds after midnight.</summary>
    TimeMillis,

    /// <summary>Long of microseconds after midnight.</summary>
    TimeMicros,

    /// <summary>Long of milliseconds since 1970-01-01T00:00Z.</summary>
    TimestampMillis,

    /// <summary>Long of microseconds since 1970-01-01T00:00Z.</summary>
    TimestampMicros,

    /// <summary>Long of milliseconds since 1970-01-01T00:00 of a zone not named.</summary>
    LocalTimestampMillis,

    /// <summary>Long of microseconds since 1970-01-01T00:00 of a zone not named.</summary>
    LocalTimestampMicros,

    /// <summary>Fixed of 12: months, days and milliseconds, each an unsigned little-endian 32-bit number.</summary>
    Duration,
}

/// <summary>A logical type with its attributes.</summary>
/// <param name="Type">The meaning, or <see cref="AvroLogicalType.None"/>.</param>
/// <param name="Precision">Decimal digits, at least 1; 0 unless decimal.</param>
/// <param name="Scale">Decimal digits after the point, 0 to precision; 0 unless decimal.</param>
public readonly record struct AvroLogical(AvroLogicalType Type, int Precision = 0, int Scale = 0)
{
    /// <summary>For messages.</summary>
    /// <returns>The type, of a decimal with its precision and scale.</returns>
    public override string ToString() =>
        Type == AvroLogicalType.Decimal ? string.Create(CultureInfo.InvariantCulture, $"Decimal({Precision}, {Scale})") : Type.ToString();
}
