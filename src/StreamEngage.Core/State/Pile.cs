namespace StreamEngage.State;

/// <summary>A stack of references in an array of structs: putting one in asks nothing of its type, which an array of references does every time.</summary>
internal sealed class Pile<T> where T : class
{
    private const int SizeMin = 16;

    private Place[] _places = new Place[SizeMin];

    public int Count { get; private set; }

    public void Push(T item)
    {
        // Unchecked, as all of it: what is kept in memory is fewer than an int counts.
        if (Count == _places.Length) Array.Resize(ref _places, Count * 2);
        _places[unchecked(Count++)].Item = item;
    }

    public bool TryPop(out T item)
    {
        if (Count == 0)
        {
            item = null!;
            return false;
        }
        item = _places[unchecked(--Count)].Item;
        return true;
    }

    private struct Place
    {
        public T Item;
    }
}
