namespace StreamEngage.State;

/// <summary>A list of things of which there is mostly one: the first needs no array. Changed in place, so it is kept in a field and never copied.</summary>
internal struct Handful<T> where T : class
{
    private T? _first;
    private Place[]? _others;

    public int Count { get; private set; }

    // Unchecked, as all of it: they are few.
    public readonly T this[int index] => index == 0 ? _first! : _others![unchecked(index - 1)].Item!;

    public void Add(T item)
    {
        unchecked
        {
            if (Count == 0) _first = item;
            else AddBehind(item);
            Count++;
        }
    }

    /// <summary>Keeps the order of the others.</summary>
    public void RemoveAt(int index)
    {
        unchecked
        {
            Count--;
            for (var i = index; i < Count; i++) Put(i, this[i + 1]);
            Put(Count, null);
        }
    }

    public readonly int IndexOf(T item)
    {
        for (var i = 0; i < Count; i++)
            if (ReferenceEquals(this[i], item)) return i;
        return -1;
    }

    /// <summary>Puts an item in the place of another one.</summary>
    public void Set(int index, T item) => Put(index, item);

    /// <summary>Keeps the first <paramref name="count"/>.</summary>
    public void Cut(int count)
    {
        while (Count > count) Put(unchecked(--Count), null);
    }

    private void AddBehind(T item)
    {
        var place = unchecked(Count - 1);
        if (_others is null) _others = new Place[2];
        else if (place == _others.Length) Array.Resize(ref _others, _others.Length * 2);
        _others[place].Item = item;
    }

    private void Put(int index, T? item)
    {
        if (index == 0) _first = item;
        else _others![unchecked(index - 1)].Item = item;
    }

    // A struct: putting a reference into an array of references asks for its type each time.
    private struct Place
    {
        public T? Item;
    }
}
