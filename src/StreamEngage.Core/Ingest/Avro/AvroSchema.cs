using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace StreamEngage.Ingest.Avro;

/// <summary>A parsed and checked Avro schema. Immutable once parsed, safe for any number of threads.</summary>
public abstract class AvroSchema
{
    private protected AvroSchema(AvroType type, AvroLogical logical = default)
    {
        Type = type;
        Logical = logical;
    }

    /// <summary>The type that decides the encoding.</summary>
    public AvroType Type { get; }

    /// <summary>The meaning beyond the type; none where the text names an unknown or misplaced one.</summary>
    public AvroLogical Logical { get; }

    // The text as written, which unlike the canonical form has defaults, aliases, docs and logical types. Null below the root.
    internal string? Source { get; private set; }

    /// <summary>Reads a schema of at most <see cref="AvroLimits.SchemaBytesMax"/> bytes of UTF-8.</summary>
    /// <param name="json">The schema text.</param>
    /// <param name="schema">The schema, when the answer is true.</param>
    /// <param name="problem">Path in the text and what is wrong there, when the answer is false.</param>
    /// <returns>Whether the text is a valid schema.</returns>
    public static bool TryParse(
        string json, [NotNullWhen(true)] out AvroSchema? schema, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(json);
        (schema, problem) = AvroSchemaParser.Parse(json);
        if (schema is not null)
            schema.Source ??= json;
        return schema is not null;
    }

    /// <summary>The Parsing Canonical Form of the specification: what fingerprints are taken of.</summary>
    /// <returns>JSON without whitespace, docs, defaults, aliases and logical types.</returns>
    public string ToCanonicalForm() => AvroCanonicalForm.Of(this);

    /// <summary>CRC-64-AVRO of the canonical form.</summary>
    /// <returns>64 bits; print them as 16 hexadecimal digits.</returns>
    public ulong Fingerprint() => AvroFingerprint.Of(Encoding.UTF8.GetBytes(ToCanonicalForm()));

    /// <summary>The canonical form.</summary>
    /// <returns><see cref="ToCanonicalForm"/>.</returns>
    public override string ToString() => ToCanonicalForm();
}

/// <summary>A type without parts: null, boolean, int, long, float, double, bytes or string.</summary>
public sealed class AvroPrimitiveSchema : AvroSchema
{
    internal AvroPrimitiveSchema(AvroType type, AvroLogical logical = default) : base(type, logical)
    {
    }
}

/// <summary>A record, enum or fixed.</summary>
public abstract class AvroNamedSchema : AvroSchema
{
    private protected AvroNamedSchema(AvroType type, AvroNames names, AvroLogical logical = default) : base(type, logical)
    {
        Name = names.Name;
        Aliases = names.Aliases;
    }

    /// <summary>The full name.</summary>
    public AvroName Name { get; }

    /// <summary>Full names under which data written by other schemas is accepted.</summary>
    public IReadOnlyList<AvroName> Aliases { get; }
}

/// <summary>Named fields in order.</summary>
public sealed class AvroRecordSchema : AvroNamedSchema
{
    internal AvroRecordSchema(AvroNames names) : base(AvroType.Record, names)
    {
    }

    /// <summary>The fields in the order in which they are encoded.</summary>
    public IReadOnlyList<AvroField> Fields { get; internal set; } = [];

    /// <summary>The place of a field.</summary>
    /// <param name="name">Exact name; aliases are not looked at.</param>
    /// <returns>Its index in <see cref="Fields"/>, or -1.</returns>
    public int IndexOf(string name)
    {
        for (var i = 0; i < Fields.Count; i++)
            if (Fields[i].Name == name) return i;
        return -1;
    }
}

/// <summary>A field of a record.</summary>
public sealed class AvroField
{
    internal AvroField(string name, IReadOnlyList<string> aliases, AvroSchema schema)
    {
        Name = name;
        Aliases = aliases;
        Schema = schema;
    }

    /// <summary>Unique in its record.</summary>
    public string Name { get; }

    /// <summary>Names under which other schemas write this field.</summary>
    public IReadOnlyList<string> Aliases { get; }

    /// <summary>The type of its values.</summary>
    public AvroSchema Schema { get; }

    /// <summary>Whether a reader fills the field in when the writer does not write it.</summary>
    public bool HasDefault => Default is not null;

    // Encoded by Schema, so that filling in a default is reading it.
    internal byte[]? Default { get; set; }
}

/// <summary>One symbol out of a list.</summary>
public sealed class AvroEnumSchema : AvroNamedSchema
{
    internal AvroEnumSchema(AvroNames names, IReadOnlyList<string> symbols, int fallback) : base(AvroType.Enum, names)
    {
        Symbols = symbols;
        Default = fallback;
    }

    /// <summary>The symbols; a value is encoded as its index here.</summary>
    public IReadOnlyList<string> Symbols { get; }

    /// <summary>Index of the symbol a reader takes for one it does not know, or -1.</summary>
    public int Default { get; }
}

/// <summary>A fixed number of bytes.</summary>
public sealed class AvroFixedSchema : AvroNamedSchema
{
    internal AvroFixedSchema(AvroNames names, int size, AvroLogical logical) : base(AvroType.Fixed, names, logical)
    {
        Size = size;
    }

    /// <summary>Bytes, 0 to <see cref="AvroLimits.DatumBytesMax"/>.</summary>
    public int Size { get; }
}

/// <summary>Any number of items of one type.</summary>
public sealed class AvroArraySchema : AvroSchema
{
    internal AvroArraySchema(AvroSchema items) : base(AvroType.Array)
    {
        Items = items;
    }

    /// <summary>The type of every item.</summary>
    public AvroSchema Items { get; }
}

/// <summary>Values of one type by string key.</summary>
public sealed class AvroMapSchema : AvroSchema
{
    internal AvroMapSchema(AvroSchema values) : base(AvroType.Map)
    {
        Values = values;
    }

    /// <summary>The type of every value.</summary>
    public AvroSchema Values { get; }
}

/// <summary>One of several types.</summary>
public sealed class AvroUnionSchema : AvroSchema
{
    internal AvroUnionSchema(IReadOnlyList<AvroSchema> branches) : base(AvroType.Union)
    {
        Branches = branches;
    }

    /// <summary>The types; none is a union, and no two are of one unnamed type or one name.</summary>
    public IReadOnlyList<AvroSchema> Branches { get; }
}

internal sealed record AvroNames(AvroName Name, IReadOnlyList<AvroName> Aliases);
