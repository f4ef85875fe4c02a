using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What profile updates said of a user, by the index of the property. A user has few, so they stand in one array and are looked through.</summary>
internal sealed class UserAttributes
{
    private (int Property, Value Value)[] _entries = new (int, Value)[1];

    public int Count { get; private set; }

    public IEnumerable<(int Property, Value Value)> InOrder => _entries.Take(Count).OrderBy(entry => entry.Property);

    /// <summary>The attribute; null while nothing was said of it.</summary>
    public Value this[int property]
    {
        get => Find(property) is >= 0 and var index ? _entries[index].Value : Value.Null;
        set
        {
            var index = Find(property);
            if (index < 0)
            {
                if (Count == _entries.Length) Array.Resize(ref _entries, Count * 2);
                index = Count++;
            }
            _entries[index] = (property, value);
        }
    }

    public bool Has(int property) => Find(property) >= 0;

    private int Find(int property)
    {
        for (var i = 0; i < Count; i++)
            if (_entries[i].Property == property) return i;
        return -1;
    }
}
