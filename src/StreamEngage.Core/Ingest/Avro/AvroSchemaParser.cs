using System.Text;
using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

// The first problem found is kept, and every method answers null once there is one.
internal sealed class AvroSchemaParser
{
    private readonly Dictionary<string, AvroNamedSchema> _named = [];
    private readonly List<(AvroField Field, JsonElement Json, string Path)> _defaults = [];
    private int _nodes;
    private string? _problem;

    public static (AvroSchema? Schema, string? Problem) Parse(string json)
    {
        if (json.Length > AvroLimits.SchemaBytesMax || Encoding.UTF8.GetByteCount(json) > AvroLimits.SchemaBytesMax)
            return (null, $"$: a schema has at most {AvroLimits.SchemaBytesMax} bytes");
        var parser = new AvroSchemaParser();
        try
        {
            using var document = JsonDocument.Parse(json, new() { MaxDepth = AvroLimits.SchemaDepthMax });
            var schema = parser.Root(document.RootElement);
            return (parser._problem is null ? schema : null, parser._problem);
        }
        catch (JsonException notJson)
        {
            return (null, "$: not JSON: " + notJson.Message);
        }
        catch (InvalidOperationException)
        {
            // The JSON reader checks escaped surrogates only when a string is taken out, and then throws this.
            return (null, "$: a string holds half of a surrogate pair");
        }
    }

    public static string NameOf(AvroType type) => type switch
    {
        AvroType.Null => "null",
        AvroType.Boolean => "boolean",
        AvroType.Int => "int",
        AvroType.Long => "long",
        AvroType.Float => "float",
        AvroType.Double => "double",
        AvroType.Bytes => "bytes",
        AvroType.String => "string",
        AvroType.Record => "record",
        AvroType.Enum => "enum",
        AvroType.Array => "array",
        AvroType.Map => "map",
        AvroType.Union => "union",
        _ => "fixed",
    };

    private static AvroType? Primitive(string name)
    {
        for (var type = AvroType.Null; type <= AvroType.String; type++)
            if (NameOf(type) == name) return type;
        return null;
    }

    private AvroSchema? Root(JsonElement json)
    {
        var schema = Schema(json, "", "$");
        var defaults = new AvroDefaults(_defaults);
        foreach (var (field, value, path) in _defaults)
        {
            if (_problem is not null) return null;
            field.Default = defaults.Encode(field.Schema, value);
            if (field.Default is null) Fail(path, defaults.Problem);
        }

        return schema;
    }

    private AvroSchema? Schema(JsonElement json, string space, string path)
    {
        if (++_nodes > AvroLimits.SchemaNodesMax)
            return Fail(path, $"a schema has at most {AvroLimits.SchemaNodesMax} types");
        return json.ValueKind switch
        {
            JsonValueKind.String => Reference(json.GetString()!, space, path),
            JsonValueKind.Array => Union(json, space, path),
            JsonValueKind.Object => Complex(json, space, path),
            _ => Fail(path, "a schema is a name, a list or an object"),
        };
    }

    private AvroSchema? Reference(string name, string space, string path)
    {
        if (Primitive(name) is { } type) return new AvroPrimitiveSchema(type);

        // As the reference implementation does: a simple name that its namespace lacks may stand in none.
        if (_named.TryGetValue(AvroName.Within(space, name).Full, out var named) || _named.TryGetValue(name, out named))
            return named;
        return Fail(path, $"unknown type '{Shown(name)}'");
    }

    private AvroSchema? Complex(JsonElement json, string space, string path)
    {
        if (Text(json, "type") is not { } type)
            return Fail(path, "an object schema names its type in 'type'");
        switch (type)
        {
            case "record" or "error": return Record(json, space, path);
            case "enum": return Enum(json, space, path);
            case "fixed": return Fixed(json, space, path);
            case "array": return Part(json, "items", space, path) is { } items ? new AvroArraySchema(items) : null;
            case "map": return Part(json, "values", space, path) is { } values ? new AvroMapSchema(values) : null;
        }

        if (Primitive(type) is { } primitive)
            return new AvroPrimitiveSchema(primitive, AvroLogicalReading.Of(json, primitive, size: 0));
        return Reference(type, space, path + ".type");
    }

    private AvroSchema? Part(JsonElement json, string property, string space, string path) =>
        json.TryGetProperty(property, out var part)
            ? Schema(part, space, path + "." + property)
            : Fail(path, $"'{property}' is missing");

    private AvroUnionSchema? Union(JsonElement json, string space, string path)
    {
        var branches = new List<AvroSchema>();
        var seen = new HashSet<string>();
        foreach (var part in json.EnumerateArray())
        {
            var at = $"{path}[{branches.Count}]";
            if (Schema(part, space, at) is not { } branch) return null;
            if (branch is AvroUnionSchema) return Fail<AvroUnionSchema>(at, "a union cannot hold a union directly");
            var name = branch is AvroNamedSchema named ? named.Name.Full : NameOf(branch.Type);
            if (!seen.Add(name)) return Fail<AvroUnionSchema>(at, $"the union has '{name}' twice");
            branches.Add(branch);
        }

        return new(branches);
    }

    private AvroRecordSchema? Record(JsonElement json, string space, string path)
    {
        if (Names(json, space, path) is not { } names) return null;
        var record = new AvroRecordSchema(names);
        if (!Define(record, path)) return null;
        if (!json.TryGetProperty("fields", out var parts) || parts.ValueKind != JsonValueKind.Array)
            return Fail<AvroRecordSchema>(path, "a record lists its 'fields'");
        var fields = new List<AvroField>();
        var seen = new HashSet<string>();
        foreach (var part in parts.EnumerateArray())
        {
            var at = $"{path}.fields[{fields.Count}]";
            if (Field(part, names.Name.Namespace, at) is not { } field) return null;
            if (!seen.Add(field.Name)) return Fail<AvroRecordSchema>(at, $"the record has '{field.Name}' twice");
            fields.Add(field);
        }

        record.Fields = fields;
        return record;
    }

    private AvroField? Field(JsonElement json, string space, string path)
    {
        if (json.ValueKind != JsonValueKind.Object || Text(json, "name") is not { } name)
            return Fail<AvroField>(path, "a field is an object with a 'name'");
        if (!AvroName.IsSimple(name)) return Fail<AvroField>(path, $"'{Shown(name)}' is not a name");
        if (Texts(json, "aliases", path, mustBe: false) is not { } aliases) return null;
        if (!json.TryGetProperty("type", out var type)) return Fail<AvroField>(path, "'type' is missing");
        if (Schema(type, space, path + ".type") is not { } schema) return null;
        var field = new AvroField(name, aliases, schema);
        if (json.TryGetProperty("default", out var value)) _defaults.Add((field, value, path + ".default"));
        return field;
    }

    private AvroEnumSchema? Enum(JsonElement json, string space, string path)
    {
        if (Names(json, space, path) is not { } names) return null;
        if (Texts(json, "symbols", path, mustBe: true) is not { } symbols) return null;
        if (symbols.Find(s => !AvroName.IsSimple(s)) is { } odd)
            return Fail<AvroEnumSchema>(path + ".symbols", $"'{Shown(odd)}' is not a name");
        if (symbols.ToHashSet().Count < symbols.Count)
            return Fail<AvroEnumSchema>(path + ".symbols", "a symbol stands twice");
        var fallback = -1;
        if (json.TryGetProperty("default", out var value))
        {
            fallback = value.ValueKind == JsonValueKind.String ? symbols.IndexOf(value.GetString()!) : -1;
            if (fallback < 0) return Fail<AvroEnumSchema>(path + ".default", "the default is not one of the symbols");
        }

        var schema = new AvroEnumSchema(names, symbols, fallback);
        return Define(schema, path) ? schema : null;
    }

    private AvroFixedSchema? Fixed(JsonElement json, string space, string path)
    {
        if (Names(json, space, path) is not { } names) return null;
        if (!json.TryGetProperty("size", out var value) || value.ValueKind != JsonValueKind.Number
            || !value.TryGetInt32(out var size) || size is < 0 or > AvroLimits.DatumBytesMax)
            return Fail<AvroFixedSchema>(path, $"'size' is a number from 0 to {AvroLimits.DatumBytesMax}");
        var schema = new AvroFixedSchema(names, size, AvroLogicalReading.Of(json, AvroType.Fixed, size));
        return Define(schema, path) ? schema : null;
    }

    private AvroNames? Names(JsonElement json, string space, string path)
    {
        if (Text(json, "name") is not { } name) return Fail<AvroNames>(path, "'name' is missing");
        var full = AvroName.Within(Text(json, "namespace") ?? space, name);
        if (!full.IsValid) return Fail<AvroNames>(path, $"'{Shown(full.Full)}' is not a name");
        if (Primitive(full.Full) is not null) return Fail<AvroNames>(path, $"'{name}' is a primitive type");
        if (Texts(json, "aliases", path, mustBe: false) is not { } aliases) return null;
        return new(full, aliases.ConvertAll(alias => AvroName.Within(full.Namespace, alias)));
    }

    private bool Define(AvroNamedSchema schema, string path)
    {
        if (_named.TryAdd(schema.Name.Full, schema)) return true;
        Fail(path, $"'{schema.Name}' is defined twice");
        return false;
    }

    private static string? Text(JsonElement json, string property) =>
        json.TryGetProperty(property, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private List<string>? Texts(JsonElement json, string property, string path, bool mustBe)
    {
        if (!json.TryGetProperty(property, out var list))
            return mustBe ? Fail<List<string>>(path, $"'{property}' is missing") : [];
        if (list.ValueKind != JsonValueKind.Array || list.EnumerateArray().Any(t => t.ValueKind != JsonValueKind.String))
            return Fail<List<string>>(path, $"'{property}' is a list of names");
        return [.. list.EnumerateArray().Select(t => t.GetString()!)];
    }

    // A problem ends up in logs, and the text of a schema may come from outside.
    private static string Shown(string name) => name.Length <= 100 ? name : name[..100] + "...";

    private AvroSchema? Fail(string path, string problem) => Fail<AvroSchema>(path, problem);

    private T? Fail<T>(string path, string problem) where T : class
    {
        _problem ??= $"{path}: {problem}";
        return null;
    }
}
