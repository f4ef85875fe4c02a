using System.Text;

namespace StreamEngage.Events;

/// <summary>
/// The event types and properties that a rulebook reads: what a decoder keeps of an event. Type 0 stands for every type not named.
/// </summary>
internal sealed class EventSchema
{
    /// <summary>The type index of events the rulebook does not name.</summary>
    public const int OtherType = 0;

    private readonly Utf8Index _types = new();
    private readonly Utf8Index _properties = new();
    private readonly List<HashSet<int>> _reads = [[]];
    private readonly HashSet<int> _readsOfAll = [];
    private int[] _slots = [];
    private int _slotsAType;
    private int[] _slotCounts = [0];

    public int TypeCount => _reads.Count;

    public int PropertyCount => _properties.Count;

    /// <summary>Index of a type, added when new.</summary>
    public int AddType(string name)
    {
        var index = _types.Add(name) + 1;
        if (index == _reads.Count) _reads.Add([]);
        if (_reads.Count > Limits.EventTypesMax)
            throw new ArgumentException($"A rulebook may name {Limits.EventTypesMax} event types, not more.");
        return index;
    }

    /// <summary>Index of a property, added when new; the same for every type.</summary>
    public int AddProperty(string name) => _properties.Find(Encoding.UTF8.GetBytes(name)) is >= 0 and var known
        ? known
        : _slots.Length == 0 ? _properties.Add(name) : throw new InvalidOperationException($"{name}: the schema is frozen.");

    /// <summary>Index of a property, or -1 where nothing reads it.</summary>
    public int PropertyOf(string name) => PropertyOf(Encoding.UTF8.GetBytes(name).AsSpan());

    /// <summary>Index of a property by its UTF-8 name, or -1 where nothing reads it.</summary>
    public int PropertyOf(ReadOnlySpan<byte> name) => _properties.Find(name);

    /// <summary>Keep this property of events of this type.</summary>
    public void Read(int type, int property) => _reads[type].Add(property);

    /// <summary>Keep this property of events of every type.</summary>
    public void ReadOfAll(int property) => _readsOfAll.Add(property);

    /// <summary>Keep what another schema keeps, too.</summary>
    public void ReadAlso(EventSchema other)
    {
        for (var type = 0; type < other.TypeCount; type++)
        {
            var own = type == OtherType ? OtherType : AddType(other.TypeName(type));
            foreach (var (name, _) in other.SlotsOf(type)) Read(own, AddProperty(name));
        }
    }

    /// <summary>Lays the slots out. Called once, after the last addition.</summary>
    public void Freeze()
    {
        _slotsAType = _properties.Count;
        _slots = new int[_reads.Count * Math.Max(1, _slotsAType)];
        _slotCounts = new int[_reads.Count];
        Array.Fill(_slots, -1);
        for (var type = 0; type < _reads.Count; type++)
        {
            foreach (var property in _reads[type].Concat(_readsOfAll).Distinct().Order())
                _slots[type * _slotsAType + property] = _slotCounts[type]++;
        }
    }

    public string TypeName(int type) => type == OtherType ? "*" : _types.Name(type - 1);

    /// <summary>The name of a type, in bytes that stay.</summary>
    public Utf8Text TypeText(int type) => _types.Text(type - 1);

    public string PropertyName(int property) => _properties.Name(property);

    public int TypeOf(ReadOnlySpan<byte> name) => _types.Find(name) + 1;

    public int TypeOf(string name) => TypeOf(Encoding.UTF8.GetBytes(name));

    public int SlotCount(int type) => _slotCounts[type];

    /// <summary>The properties kept of events of a type, by slot.</summary>
    public IEnumerable<(string Name, int Slot)> SlotsOf(int type) => Enumerable.Range(0, _properties.Count)
        .Select(property => (Name: PropertyName(property), Slot: Slot(type, property)))
        .Where(kept => kept.Slot >= 0)
        .OrderBy(kept => kept.Slot);

    /// <summary>Slot of a property in events of a type, or -1 where it is not kept.</summary>
    // Unchecked: what would overflow is out of the table as well.
    public int Slot(int type, int property) => property < 0 ? -1 : _slots[unchecked(type * _slotsAType + property)];

    /// <summary>Slot of a property by its name, or -1 where it is not kept.</summary>
    public int Slot(int type, ReadOnlySpan<byte> name)
    {
        if (_slotCounts[type] == 0) return -1;
        var property = _properties.Find(name);
        return property < 0 ? -1 : Slot(type, property);
    }
}

/// <summary>Names to small numbers in order of arrival, found by their UTF-8 bytes without allocating.</summary>
internal sealed class Utf8Index
{
    private readonly List<byte[]> _names = [];
    private int[] _table = new int[16];

    public int Count => _names.Count;

    public string Name(int index) => Encoding.UTF8.GetString(_names[index]);

    public Utf8Text Text(int index) => new(_names[index], 0, _names[index].Length);

    public int Add(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        var known = Find(bytes);
        if (known >= 0) return known;
        _names.Add(bytes);
        if (_names.Count * 2 > _table.Length) Rebuild();
        else Place(_names.Count - 1);
        return _names.Count - 1;
    }

    /// <summary>The number, or -1.</summary>
    public int Find(ReadOnlySpan<byte> name)
    {
        var mask = _table.Length - 1;
        for (var at = (int)(Hash64.Of(name) & (uint)mask); _table[at] != 0; at = (at + 1) & mask)
            if (name.SequenceEqual(_names[_table[at] - 1])) return _table[at] - 1;
        return -1;
    }

    private void Rebuild()
    {
        _table = new int[_table.Length * 4];
        for (var i = 0; i < _names.Count; i++) Place(i);
    }

    private void Place(int index)
    {
        var mask = _table.Length - 1;
        var at = (int)(Hash64.Of(_names[index]) & (uint)mask);
        while (_table[at] != 0) at = (at + 1) & mask;
        _table[at] = index + 1;
    }
}
