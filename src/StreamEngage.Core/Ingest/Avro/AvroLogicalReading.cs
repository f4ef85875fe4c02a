using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

internal static class AvroLogicalReading
{
    private const int _uuidBytes = 16, _durationBytes = 12;

    // The specification: a logical type that is unknown, or not valid on this type, is ignored rather than refused.
    public static AvroLogical Of(JsonElement json, AvroType type, int size)
    {
        if (!json.TryGetProperty("logicalType", out var name) || name.ValueKind != JsonValueKind.String) return default;
        return (name.GetString(), type) switch
        {
            ("decimal", AvroType.Bytes) => Decimal(json, int.MaxValue),
            ("decimal", AvroType.Fixed) => Decimal(json, DigitsOf(size)),
            ("uuid", AvroType.String) => new(AvroLogicalType.Uuid),
            ("uuid", AvroType.Fixed) when size == _uuidBytes => new(AvroLogicalType.Uuid),
            ("date", AvroType.Int) => new(AvroLogicalType.Date),
            ("time-millis", AvroType.Int) => new(AvroLogicalType.TimeMillis),
            ("time-micros", AvroType.Long) => new(AvroLogicalType.TimeMicros),
            ("timestamp-millis", AvroType.Long) => new(AvroLogicalType.TimestampMillis),
            ("timestamp-micros", AvroType.Long) => new(AvroLogicalType.TimestampMicros),
            ("local-timestamp-millis", AvroType.Long) => new(AvroLogicalType.LocalTimestampMillis),
            ("local-timestamp-micros", AvroType.Long) => new(AvroLogicalType.LocalTimestampMicros),
            ("duration", AvroType.Fixed) when size == _durationBytes => new(AvroLogicalType.Duration),
            _ => default,
        };
    }

    private static AvroLogical Decimal(JsonElement json, int precisionMax)
    {
        var precision = Number(json, "precision", missing: 0);
        var scale = Number(json, "scale", missing: 0);
        var isValid = precision >= 1 && precision <= precisionMax && scale >= 0 && scale <= precision;
        return isValid ? new(AvroLogicalType.Decimal, precision, scale) : default;
    }

    private static int Number(JsonElement json, string property, int missing)
    {
        if (!json.TryGetProperty(property, out var value)) return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : -1;
    }

    // The most decimal digits that always fit a signed number of that many bytes.
    private static int DigitsOf(int bytes) => bytes == 0 ? 0 : (int)Math.Floor(((8.0 * bytes) - 1) * Math.Log10(2));
}
