using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

// Encodes JSON defaults once the whole schema is known: they may mention types, and other defaults, that stand later.
internal sealed class AvroDefaults
{
    private readonly Dictionary<AvroField, JsonElement> _defaults = [];
    private AvroOutput _output = new();
    private int _values;

    public AvroDefaults(List<(AvroField Field, JsonElement Json, string Path)> defaults)
    {
        foreach (var (field, json, _) in defaults)
            _defaults.Add(field, json);
    }

    public string Problem { get; private set; } = "";

    public byte[]? Encode(AvroSchema schema, JsonElement json)
    {
        _output.Clear();
        return Write(schema, json, depth: 0) ? _output.Written.ToArray() : null;
    }

    private bool Write(AvroSchema schema, JsonElement json, int depth)
    {
        if (++_values > AvroLimits.DefaultValuesMax)
            return Fail($"the defaults of a schema expand to more than {AvroLimits.DefaultValuesMax} values");
        if (depth > AvroLimits.DepthMax)
            return Fail($"the default nests deeper than {AvroLimits.DepthMax}");
        var isFit = schema switch
        {
            AvroRecordSchema record => WriteRecord(record, json, depth),
            AvroUnionSchema union => WriteUnion(union, json, depth),
            AvroArraySchema array => WriteArray(array, json, depth),
            AvroMapSchema map => WriteMap(map, json, depth),
            AvroEnumSchema symbols => WriteSymbol(symbols, json),
            AvroFixedSchema bytes => Latin1(json) is { } value && value.Length == bytes.Size && Put(value, withLength: false),
            _ => WritePrimitive(schema.Type, json),
        };
        return isFit || Fail($"{json.ValueKind} does not fit {AvroSchemaParser.NameOf(schema.Type)}");
    }

    private bool WriteRecord(AvroRecordSchema record, JsonElement json, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object) return false;
        foreach (var field in record.Fields)
        {
            if (!json.TryGetProperty(field.Name, out var value) && !_defaults.TryGetValue(field, out value))
                return Fail($"the default of '{record.Name}' lacks '{field.Name}'");
            if (!Write(field.Schema, value, depth + 1)) return false;
        }

        return true;
    }

    // Any branch may take the default, the first that fits does; older specifications allowed only the first branch.
    private bool WriteUnion(AvroUnionSchema union, JsonElement json, int depth)
    {
        var outer = _output;
        for (var i = 0; i < union.Branches.Count; i++)
        {
            _output = new();
            var isFit = Write(union.Branches[i], json, depth);
            var attempt = _output;
            _output = outer;
            if (!isFit) continue;
            Problem = "";
            outer.WriteLong(i);
            outer.WriteRaw(attempt.Written);
            return true;
        }

        return false;
    }

    private bool WriteArray(AvroArraySchema array, JsonElement json, int depth)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() > AvroLimits.ItemsMax) return false;
        if (json.GetArrayLength() > 0) _output.WriteLong(json.GetArrayLength());
        foreach (var item in json.EnumerateArray())
            if (!Write(array.Items, item, depth + 1)) return false;
        _output.WriteLong(0);
        return true;
    }

    private bool WriteMap(AvroMapSchema map, JsonElement json, int depth)
    {
        if (json.ValueKind != JsonValueKind.Object || json.GetPropertyCount() > AvroLimits.ItemsMax) return false;
        if (json.GetPropertyCount() > 0) _output.WriteLong(json.GetPropertyCount());
        foreach (var entry in json.EnumerateObject())
        {
            _output.WriteString(entry.Name);
            if (!Write(map.Values, entry.Value, depth + 1)) return false;
        }

        _output.WriteLong(0);
        return true;
    }

    private bool WriteSymbol(AvroEnumSchema schema, JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String) return false;
        for (var i = 0; i < schema.Symbols.Count; i++)
        {
            if (schema.Symbols[i] != json.GetString()) continue;
            _output.WriteLong(i);
            return true;
        }

        return false;
    }

    private bool WritePrimitive(AvroType type, JsonElement json)
    {
        switch (type)
        {
            case AvroType.Null: return json.ValueKind == JsonValueKind.Null;
            case AvroType.Boolean:
                if (json.ValueKind is not (JsonValueKind.True or JsonValueKind.False)) return false;
                _output.WriteBoolean(json.GetBoolean());
                return true;
            case AvroType.Bytes: return Latin1(json) is { } bytes && Put(bytes, withLength: true);
            case AvroType.String:
                if (json.ValueKind != JsonValueKind.String) return false;
                _output.WriteString(json.GetString()!);
                return true;
            default: return json.ValueKind == JsonValueKind.Number && WriteNumber(type, json);
        }
    }

    private bool WriteNumber(AvroType type, JsonElement json)
    {
        if (type is AvroType.Int or AvroType.Long)
        {
            if (!json.TryGetInt64(out var number) || (type == AvroType.Int && number != unchecked((int)number))) return false;
            _output.WriteLong(number);
            return true;
        }

        if (!json.TryGetDouble(out var real) || !double.IsFinite(real)) return false;
        if (type == AvroType.Float) _output.WriteFloat((float)real);
        else _output.WriteDouble(real);
        return true;
    }

    // The specification writes bytes in JSON as characters of the same codes, 0 to 255.
    private static byte[]? Latin1(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.String) return null;
        var text = json.GetString()!;
        return text.All(c => c <= byte.MaxValue) ? Array.ConvertAll(text.ToCharArray(), c => (byte)c) : null;
    }

    private bool Put(byte[] bytes, bool withLength)
    {
        if (withLength) _output.WriteLong(bytes.Length);
        _output.WriteRaw(bytes);
        return true;
    }

    private bool Fail(string problem)
    {
        if (Problem.Length == 0) Problem = problem;
        return false;
    }
}
