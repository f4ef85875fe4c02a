namespace StreamEngage.Ingest.Avro;

/// <summary>Encodes a tree by its schema.</summary>
public static class AvroWriter
{
    /// <summary>Appends one datum: arrays and maps as a single block, without its size in bytes.</summary>
    /// <param name="schema">The schema to write by.</param>
    /// <param name="value">A value of exactly that schema; nothing is promoted, and unions name their branch.</param>
    /// <param name="output">Takes the bytes; holds part of the datum if this throws.</param>
    /// <exception cref="ArgumentException">The value is not one of the schema.</exception>
    public static void Write(AvroSchema schema, AvroValue value, AvroOutput output)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(value);
        ArgumentNullException.ThrowIfNull(output);
        Require(value.Type == schema.Type, schema, value);
        switch (schema)
        {
            case AvroRecordSchema record: WriteRecord(record, value, output); break;
            case AvroArraySchema array: WriteArray(array, value, output); break;
            case AvroMapSchema map: WriteMap(map, value, output); break;
            case AvroUnionSchema union: WriteUnion(union, value, output); break;
            case AvroEnumSchema symbols:
                Require(value.AsSymbol >= 0 && value.AsSymbol < symbols.Symbols.Count, schema, value);
                output.WriteLong(value.AsSymbol);
                break;
            case AvroFixedSchema bytes:
                Require(value.AsBytes.Length == bytes.Size, schema, value);
                output.WriteRaw(value.AsBytes);
                break;
            default: WritePrimitive(value, output); break;
        }
    }

    private static void WritePrimitive(AvroValue value, AvroOutput output)
    {
        switch (value.Type)
        {
            case AvroType.Null: break;
            case AvroType.Boolean: output.WriteBoolean(value.AsBoolean); break;
            case AvroType.Float: output.WriteFloat((float)value.AsDouble); break;
            case AvroType.Double: output.WriteDouble(value.AsDouble); break;
            case AvroType.Bytes: output.WriteBytes(value.AsBytes); break;
            case AvroType.String: output.WriteString(value.AsString); break;
            default: output.WriteLong(value.AsLong); break;
        }
    }

    private static void WriteRecord(AvroRecordSchema schema, AvroValue value, AvroOutput output)
    {
        Require(value.AsItems.Count == schema.Fields.Count, schema, value);
        for (var i = 0; i < schema.Fields.Count; i++)
            Write(schema.Fields[i].Schema, value.AsItems[i], output);
    }

    private static void WriteArray(AvroArraySchema schema, AvroValue value, AvroOutput output)
    {
        if (value.AsItems.Count > 0) output.WriteLong(value.AsItems.Count);
        foreach (var item in value.AsItems)
            Write(schema.Items, item, output);
        output.WriteLong(0);
    }

    private static void WriteMap(AvroMapSchema schema, AvroValue value, AvroOutput output)
    {
        if (value.AsMap.Count > 0) output.WriteLong(value.AsMap.Count);
        foreach (var (key, item) in value.AsMap)
        {
            output.WriteString(key);
            Write(schema.Values, item, output);
        }

        output.WriteLong(0);
    }

    private static void WriteUnion(AvroUnionSchema schema, AvroValue value, AvroOutput output)
    {
        Require(value.AsBranch >= 0 && value.AsBranch < schema.Branches.Count, schema, value);
        output.WriteLong(value.AsBranch);
        Write(schema.Branches[value.AsBranch], value.Inner, output);
    }

    private static void Require(bool isFit, AvroSchema schema, AvroValue value)
    {
        if (!isFit) throw new ArgumentException($"A value of type {value.Type} does not fit {schema}.", nameof(value));
    }
}
