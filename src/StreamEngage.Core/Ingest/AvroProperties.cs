using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>
/// Gathers the properties of one Avro datum. A writer may have put them before the type, so they are gathered by property and laid into the
/// type's slots at the end.
/// </summary>
internal sealed class AvroProperties
{
    private readonly EventSchema _schema;
    private readonly Value[] _kept;
    private readonly int[] _touched;
    private readonly Value[] _items = new Value[Limits.ListItemsMax];
    private EventBatch _batch = null!;
    private int _touchedCount;
    private int _property;
    private ulong _path;
    private ulong _list;
    private int _itemCount;
    private bool _isInList;

    public AvroProperties(EventSchema schema)
    {
        _schema = schema;
        _kept = new Value[schema.PropertyCount];
        _touched = new int[schema.PropertyCount];
    }

    /// <summary>Properties so far, kept or not.</summary>
    public int Count { get; private set; }

    /// <summary>Of all properties, in any order.</summary>
    public ulong Hash { get; private set; }

    public void Begin(EventBatch batch)
    {
        for (var i = 0; i < _touchedCount; i++) _kept[_touched[i]] = default;
        (_batch, _touchedCount, Count, Hash, _isInList) = (batch, 0, 0, 0, false);
    }

    /// <summary>The value of this property is next; <paramref name="type"/> is -1 while it is not known.</summary>
    public void Enter(ReadOnlySpan<byte> path, int type)
    {
        Count++;
        _path = Hash64.Of(path);
        _property = type >= 0 && _schema.SlotCount(type) == 0 ? -1 : _schema.PropertyOf(path);
        if (_property >= 0 && type >= 0 && _schema.Slot(type, _property) < 0) _property = -1;
    }

    public void Text(ReadOnlySpan<byte> text)
    {
        var hash = Hash64.Of(text);
        Take(WantsNext ? Value.Of(Copy(_batch, text), hash) : Value.Null, hash);
    }

    /// <summary>Null, a number or a boolean.</summary>
    public void Scalar(in Value value) => Take(value, value.Identity);

    public void BeginList()
    {
        (_isInList, _itemCount, _list) = (true, 0, 3);
    }

    public void EndList()
    {
        _isInList = false;
        Take(_property < 0 ? Value.Null : ListOf(), _list);
    }

    /// <summary>The properties in the slots of the type.</summary>
    public PropertyRun Lay(int type)
    {
        var (owner, start) = _batch.ReserveValues(_schema.SlotCount(type));
        for (var i = 0; i < _touchedCount; i++)
            if (_schema.Slot(type, _touched[i]) is >= 0 and var slot) owner[start + slot] = _kept[_touched[i]];
        return new(owner, start);
    }

    public static Utf8Text Copy(EventBatch batch, ReadOnlySpan<byte> text)
    {
        var (owner, offset) = batch.ReserveText(text.Length);
        text.CopyTo(owner.AsSpan(offset));
        return new(owner, offset, text.Length);
    }

    private bool WantsNext => _property >= 0 && !(_isInList && _itemCount >= _items.Length);

    private void Take(in Value value, ulong hash)
    {
        if (_isInList)
        {
            _list = Hash64.Mix(_list, hash);
            if (WantsNext) _items[_itemCount++] = value;
            return;
        }
        Hash ^= Hash64.Mix(_path, hash);
        if (_property >= 0) Keep(value);
    }

    /// <summary>A property that stands twice counts as written last.</summary>
    private void Keep(in Value value)
    {
        _kept[_property] = value;
        if (Array.IndexOf(_touched, _property, 0, _touchedCount) < 0) _touched[_touchedCount++] = _property;
    }

    private Value ListOf()
    {
        var (owner, start) = _batch.ReserveValues(_itemCount);
        _items.AsSpan(0, _itemCount).CopyTo(owner.AsSpan(start));
        return Value.List(owner, start, _itemCount);
    }
}
