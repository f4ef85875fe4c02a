using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

/// <summary>Shows a tree as JSON for people: unions without tags, logical types in ISO form, bytes as an object with "$hex".</summary>
public static class AvroPlainJson
{
    // Turning binary into decimal digits takes the square of the length: past this, decimals are shown as bytes.
    private const int _decimalBytesMax = 128, _decimalScaleMax = 400;

    private const long _microsADay = 86_400_000_000, _millisADay = 86_400_000;

    // Ticks of 100 ns: what DateTime holds, 0001-01-01 to 9999-12-31.
    private const long _ticksAMicro = TimeSpan.TicksPerMicrosecond, _ticksAMilli = TimeSpan.TicksPerMillisecond;

    /// <summary>Writes one value. What a logical type cannot show, such as the year 10000, is written as the plain type.</summary>
    /// <param name="schema">The schema of the value.</param>
    /// <param name="value">A value of that schema.</param>
    /// <param name="json">Takes one JSON value. Floating-point values that JSON lacks are written as strings.</param>
    public static void Write(AvroSchema schema, AvroValue value, Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(json);
        switch (schema)
        {
            case AvroUnionSchema union: Write(union.Branches[value.AsBranch], value.Inner, json); break;
            case AvroRecordSchema record: WriteRecord(record, value, json); break;
            case AvroArraySchema array: WriteArray(array, value, json); break;
            case AvroMapSchema map: WriteMap(map, value, json); break;
            case AvroEnumSchema symbols: json.WriteStringValue(symbols.Symbols[value.AsSymbol]); break;
            case { Logical.Type: not AvroLogicalType.None } when Meaning(schema.Logical, value) is { } text:
                json.WriteStringValue(text);
                break;
            default: WritePrimitive(value, json); break;
        }
    }

    private static void WriteRecord(AvroRecordSchema schema, AvroValue value, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        for (var i = 0; i < schema.Fields.Count; i++)
        {
            json.WritePropertyName(schema.Fields[i].Name);
            Write(schema.Fields[i].Schema, value.AsItems[i], json);
        }

        json.WriteEndObject();
    }

    private static void WriteArray(AvroArraySchema schema, AvroValue value, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        foreach (var item in value.AsItems)
            Write(schema.Items, item, json);
        json.WriteEndArray();
    }

    private static void WriteMap(AvroMapSchema schema, AvroValue value, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var (key, item) in value.AsMap)
        {
            json.WritePropertyName(key);
            Write(schema.Values, item, json);
        }

        json.WriteEndObject();
    }

    private static void WritePrimitive(AvroValue value, Utf8JsonWriter json)
    {
        switch (value.Type)
        {
            case AvroType.Null: json.WriteNullValue(); break;
            case AvroType.Boolean: json.WriteBooleanValue(value.AsBoolean); break;
            case AvroType.String: json.WriteStringValue(value.AsString); break;
            case AvroType.Int or AvroType.Long: json.WriteNumberValue(value.AsLong); break;
            case AvroType.Float or AvroType.Double: WriteReal(value, json); break;
            default:
                json.WriteStartObject();
                json.WriteString("$hex", Convert.ToHexStringLower(value.AsBytes));
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteReal(AvroValue value, Utf8JsonWriter json)
    {
        var real = value.AsDouble;
        if (!double.IsFinite(real)) json.WriteStringValue(real.ToString(CultureInfo.InvariantCulture));
        else if (value.Type == AvroType.Float) json.WriteNumberValue((float)real);
        else json.WriteNumberValue(real);
    }

    private static string? Meaning(AvroLogical logical, AvroValue value) => logical.Type switch
    {
        AvroLogicalType.Date => Instant(value.AsLong, TimeSpan.TicksPerDay, "yyyy-MM-dd"),
        AvroLogicalType.TimeMillis when value.AsLong is >= 0 and < _millisADay => Time(value.AsLong * _ticksAMilli),
        AvroLogicalType.TimeMicros when value.AsLong is >= 0 and < _microsADay => Time(value.AsLong * _ticksAMicro),
        AvroLogicalType.TimestampMillis => Instant(value.AsLong, _ticksAMilli, @"yyyy-MM-dd\THH:mm:ss.ffffff\Z"),
        AvroLogicalType.TimestampMicros => Instant(value.AsLong, _ticksAMicro, @"yyyy-MM-dd\THH:mm:ss.ffffff\Z"),
        AvroLogicalType.LocalTimestampMillis => Instant(value.AsLong, _ticksAMilli, @"yyyy-MM-dd\THH:mm:ss.ffffff"),
        AvroLogicalType.LocalTimestampMicros => Instant(value.AsLong, _ticksAMicro, @"yyyy-MM-dd\THH:mm:ss.ffffff"),
        AvroLogicalType.Decimal when value.AsBytes.Length <= _decimalBytesMax && logical.Scale <= _decimalScaleMax =>
            Decimal(value.AsBytes, logical.Scale),
        AvroLogicalType.Uuid => value.Type == AvroType.String ? value.AsString : new Guid(value.AsBytes, bigEndian: true).ToString(),
        AvroLogicalType.Duration => Duration(value.AsBytes),
        _ => null,
    };

    private static string? Instant(long units, long ticksAUnit, string format)
    {
        var since = (Int128)units * ticksAUnit + DateTime.UnixEpoch.Ticks;
        return since >= DateTime.MinValue.Ticks && since <= DateTime.MaxValue.Ticks
            ? new DateTime((long)since).ToString(format, CultureInfo.InvariantCulture)
            : null;
    }

    private static string Time(long ticks) => new TimeOnly(ticks).ToString("HH:mm:ss.ffffff", CultureInfo.InvariantCulture);

    private static string Decimal(byte[] bytes, int scale)
    {
        var unscaled = new BigInteger(bytes, isUnsigned: false, isBigEndian: true);
        var digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        return (unscaled.Sign < 0 ? "-" : "") + (scale == 0 ? digits : digits[..^scale] + "." + digits[^scale..]);
    }

    private static string Duration(byte[] bytes)
    {
        var months = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var days = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4));
        var millis = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(8));
        return string.Create(CultureInfo.InvariantCulture, $"P{months}M{days}DT{millis / 1000}.{millis % 1000:000}S");
    }
}
