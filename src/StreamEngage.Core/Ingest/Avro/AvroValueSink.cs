using System.Text;

namespace StreamEngage.Ingest.Avro;

// Builds the tree. Values under construction wait on a stack, which is no deeper than AvroLimits.DepthMax.
internal struct AvroValueSink : IAvroSink
{
    private readonly Stack<Frame> _open;
    private Frame _at;
    private int _branch;

    private AvroValueSink(Stack<Frame> open)
    {
        _open = open;
        _at = new(AvroType.Null);
        _branch = -1;
    }

    public AvroValue? Root { get; private set; }

    public static AvroValueSink Create() => new(new());

    public void BeginRecord(AvroRecordSchema schema) => Open(new(AvroType.Record) { Fields = new AvroValue[schema.Fields.Count] });

    public readonly bool EnterField(int field)
    {
        _at.Field = field;
        return true;
    }

    public void EndRecord() => Close(AvroValue.Record(_at.Fields));

    public void BeginArray() => Open(new(AvroType.Array) { Items = [] });

    public void EndArray() => Close(AvroValue.Array([.. _at.Items]));

    public void BeginMap() => Open(new(AvroType.Map) { Entries = [] });

    public readonly bool EnterEntry(ReadOnlySpan<byte> key)
    {
        _at.Key = Encoding.UTF8.GetString(key);
        return true;
    }

    public void EndMap() => Close(AvroValue.Map(_at.Entries));

    public void Branch(int branch) => _branch = branch;

    public void Null() => Add(AvroValue.Null);

    public void Boolean(bool value) => Add(AvroValue.Boolean(value));

    public void Int(int value) => Add(AvroValue.Int(value));

    public void Long(long value) => Add(AvroValue.Long(value));

    public void Float(float value) => Add(AvroValue.Float(value));

    public void Double(double value) => Add(AvroValue.Double(value));

    public void Bytes(ReadOnlySpan<byte> value) => Add(AvroValue.Bytes(value.ToArray()));

    public void String(ReadOnlySpan<byte> value) => Add(AvroValue.String(Encoding.UTF8.GetString(value)));

    public void Fixed(ReadOnlySpan<byte> value) => Add(AvroValue.Fixed(value.ToArray()));

    public void Enum(int symbol) => Add(AvroValue.Enum(symbol));

    private void Open(Frame frame)
    {
        frame.Branch = _branch;
        _branch = -1;
        _open.Push(_at);
        _at = frame;
    }

    private void Close(AvroValue value)
    {
        _branch = _at.Branch;
        _at = _open.Pop();
        Add(value);
    }

    private void Add(AvroValue value)
    {
        if (_branch >= 0) value = AvroValue.Union(_branch, value);
        _branch = -1;
        switch (_at.Type)
        {
            case AvroType.Record: _at.Fields[_at.Field] = value; break;
            case AvroType.Array: _at.Items.Add(value); break;
            case AvroType.Map: _at.Entries[_at.Key] = value; break;
            default: Root = value; break;
        }
    }

    private sealed class Frame(AvroType type)
    {
        public AvroType Type { get; } = type;

        // Of the union around the value, or -1.
        public int Branch { get; set; }

        public AvroValue[] Fields { get; init; } = [];

        public int Field { get; set; }

        public List<AvroValue> Items { get; init; } = [];

        public OrderedDictionary<string, AvroValue> Entries { get; init; } = [];

        public string Key { get; set; } = "";
    }
}
