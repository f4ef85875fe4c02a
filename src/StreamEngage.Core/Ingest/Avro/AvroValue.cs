namespace StreamEngage.Ingest.Avro;

/// <summary>A value of any Avro type as a tree. For tools and tests; the hot path reads into a sink.</summary>
/// <remarks>Immutable as long as nobody changes the arrays it was made of. Accessors of another type throw.</remarks>
public sealed class AvroValue
{
    private static readonly AvroValue _true = new(AvroType.Boolean, 1, null), _false = new(AvroType.Boolean, 0, null);

    private readonly long _bits;
    private readonly object? _content;

    private AvroValue(AvroType type, long bits, object? content)
    {
        Type = type;
        _bits = bits;
        _content = content;
    }

    /// <summary>The null.</summary>
    public static AvroValue Null { get; } = new(AvroType.Null, 0, null);

    /// <summary>What it is a value of.</summary>
    public AvroType Type { get; }

    /// <summary>Of a boolean.</summary>
    public bool AsBoolean => Bits(AvroType.Boolean) != 0;

    /// <summary>Of an int or a long.</summary>
    public long AsLong => Type == AvroType.Int ? _bits : Bits(AvroType.Long);

    /// <summary>Of a float or a double.</summary>
    public double AsDouble => BitConverter.Int64BitsToDouble(Type == AvroType.Float ? _bits : Bits(AvroType.Double));

    /// <summary>Of bytes or a fixed.</summary>
    public byte[] AsBytes => Type == AvroType.Fixed ? (byte[])_content! : (byte[])Content(AvroType.Bytes);

    /// <summary>Of a string.</summary>
    public string AsString => (string)Content(AvroType.String);

    /// <summary>Of an enum: index of the symbol.</summary>
    public int AsSymbol => (int)Bits(AvroType.Enum);

    /// <summary>Of an array the items, of a record its fields in the order of its schema.</summary>
    public IReadOnlyList<AvroValue> AsItems =>
        (AvroValue[])(Type == AvroType.Record ? _content! : Content(AvroType.Array));

    /// <summary>Of a map: values by key in the order written; of two with one key the later value in the earlier place.</summary>
    public OrderedDictionary<string, AvroValue> AsMap => (OrderedDictionary<string, AvroValue>)Content(AvroType.Map);

    /// <summary>Of a union: index of the branch.</summary>
    public int AsBranch => (int)Bits(AvroType.Union);

    /// <summary>Of a union the value of its branch, of any other the value itself.</summary>
    public AvroValue Inner => Type == AvroType.Union ? (AvroValue)_content! : this;

    /// <summary>A boolean.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static AvroValue Boolean(bool value) => value ? _true : _false;

    /// <summary>An int.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static AvroValue Int(int value) => new(AvroType.Int, value, null);

    /// <summary>A long.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static AvroValue Long(long value) => new(AvroType.Long, value, null);

    /// <summary>A float.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static AvroValue Float(float value) => new(AvroType.Float, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>A double.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static AvroValue Double(double value) => new(AvroType.Double, BitConverter.DoubleToInt64Bits(value), null);

    /// <summary>Bytes.</summary>
    /// <param name="value">Kept, not copied.</param>
    /// <returns>The value.</returns>
    public static AvroValue Bytes(byte[] value) => new(AvroType.Bytes, 0, value);

    /// <summary>A fixed.</summary>
    /// <param name="value">Kept, not copied.</param>
    /// <returns>The value.</returns>
    public static AvroValue Fixed(byte[] value) => new(AvroType.Fixed, 0, value);

    /// <summary>A string.</summary>
    /// <param name="value">Any.</param>
    /// <returns>The value.</returns>
    public static AvroValue String(string value) => new(AvroType.String, 0, value);

    /// <summary>A symbol.</summary>
    /// <param name="symbol">Index in the symbols of the schema.</param>
    /// <returns>The value.</returns>
    public static AvroValue Enum(int symbol) => new(AvroType.Enum, symbol, null);

    /// <summary>An array.</summary>
    /// <param name="items">Kept, not copied.</param>
    /// <returns>The value.</returns>
    public static AvroValue Array(params AvroValue[] items) => new(AvroType.Array, 0, items);

    /// <summary>A record.</summary>
    /// <param name="fields">One a field, in the order of the schema. Kept, not copied.</param>
    /// <returns>The value.</returns>
    public static AvroValue Record(params AvroValue[] fields) => new(AvroType.Record, 0, fields);

    /// <summary>A map.</summary>
    /// <param name="entries">Kept, not copied.</param>
    /// <returns>The value.</returns>
    public static AvroValue Map(OrderedDictionary<string, AvroValue> entries) => new(AvroType.Map, 0, entries);

    /// <summary>A value of a union.</summary>
    /// <param name="branch">Index in the branches of the schema.</param>
    /// <param name="value">A value of that branch.</param>
    /// <returns>The value.</returns>
    public static AvroValue Union(int branch, AvroValue value) => new(AvroType.Union, branch, value);

    private long Bits(AvroType type) => Type == type ? _bits : throw Not(type);

    private object Content(AvroType type) => Type == type ? _content! : throw Not(type);

    private InvalidOperationException Not(AvroType type) => new($"This is a value of type {Type}, not {type}.");
}
