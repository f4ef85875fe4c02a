namespace StreamEngage.Kafka;

/// <summary>Holds at most so many entries; past it the one that came first goes. For any number of threads.</summary>
internal sealed class BoundedCache<TKey, TValue>(int most) where TKey : notnull
{
    private readonly Dictionary<TKey, TValue> _entries = [];
    private readonly Queue<TKey> _order = [];

    public bool TryGet(TKey key, out TValue? value)
    {
        lock (_entries) return _entries.TryGetValue(key, out value);
    }

    public void Set(TKey key, TValue value)
    {
        lock (_entries)
        {
            if (!_entries.ContainsKey(key)) _order.Enqueue(key);
            _entries[key] = value;
            if (_order.Count > most) _entries.Remove(_order.Dequeue());
        }
    }
}
