using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The windows of one user: the entries of all of them in one array of words, without references, so that a user's windows are two objects for the
/// collector however many they are. A window that needs more places moves to the end of the words; when these are full, all are laid out anew.
/// </summary>
internal struct UserWindows
{
    private WindowCell[]? _cells;
    private long[]? _words;
    private Value[]?[]? _values;   // by cell; of windows that keep values themselves
    private int _wordsUsed;

    public int Count { get; private set; }

    /// <summary>Asks for the memory of what is here, without reading it.</summary>
    public readonly void Prefetch()
    {
        if (_words is null) return;
        MemoryAhead.Ask(_cells!, lines: 1);
        MemoryAhead.Ask(_words, lines: 3);
    }

    /// <summary>Index of the slot of the window at <paramref name="index"/>; windows stand in the order in which they were opened.</summary>
    public readonly int SlotAt(int index) => _cells![index].Slot;

    /// <summary>The entries of a window; none while it was never fed.</summary>
    public readonly WindowRun Read(WindowSlot slot)
    {
        var index = Find(slot.Index);
        if (index < 0) return default;
        ref readonly var cell = ref _cells![index];
        var values = slot.HoldsValues ? _values![index].AsSpan(cell.Head, cell.Count) : default;
        return new(slot, _words.AsSpan(cell.Start + cell.Head * slot.Stride, cell.Count * slot.Stride), values, cell.Count);
    }

    /// <summary>Forgets what no reader of the window can see any more, then adds a sample in its place.</summary>
    /// <returns>How many entries had to be merged or dropped because the window was full.</returns>
    public int Add(WindowSlot slot, in WindowSample sample, in WindowHorizon horizon)
    {
        var index = Open(slot);
        var writer = WriterOf(index, slot);
        writer.Forget(horizon);
        if (slot.IsDaily && writer.MergeIntoDay(sample)) return 0;
        if (writer.IsFull && !writer.TrySlide())
        {
            Grow(index);
            writer = WriterOf(index, slot);
        }
        writer.Insert(sample, weight: 1);
        return writer.Count > Limits.WindowEntriesMax ? writer.Coalesce() : 0;
    }

    /// <summary>Puts back an entry of a stored window.</summary>
    public void Restore(WindowSlot slot, in WindowSample sample, int weight)
    {
        var index = Open(slot);
        if (_cells![index].Count >= Limits.WindowEntriesMax) return;
        if (WriterOf(index, slot) is { IsFull: true } writer && !writer.TrySlide()) Grow(index);
        WriterOf(index, slot).Insert(sample, weight);
    }

    private readonly int Find(int slot)
    {
        for (var i = 0; i < Count; i++)
            if (_cells![i].Slot == slot) return i;
        return -1;
    }

    private int Open(WindowSlot slot)
    {
        var index = Find(slot.Index);
        if (index >= 0) return index;
        if (_cells is null) _cells = new WindowCell[1];
        else if (Count == _cells.Length) Array.Resize(ref _cells, Count + 1 + Count / 2);
        _cells[Count] = new() { Slot = slot.Index, Stride = (ushort)slot.Stride };
        if (slot.HoldsValues) OpenValues(_cells.Length);
        return Count++;
    }

    private void OpenValues(int cells)
    {
        if (_values is null || _values.Length < cells) Array.Resize(ref _values, cells);
        _values[Count] = [];
    }

    private readonly WindowWriter WriterOf(int index, WindowSlot slot)
    {
        ref var cell = ref _cells![index];
        var values = slot.HoldsValues ? _values![index].AsSpan() : default;
        return new(slot, ref cell, _words.AsSpan(cell.Start, cell.Capacity * slot.Stride), values);
    }

    /// <summary>Doubles the places of a window.</summary>
    private void Grow(int index)
    {
        ref var cell = ref _cells![index];
        var capacity = Math.Max(1, cell.Capacity * 2);
        var room = capacity * cell.Stride;
        if (_words is null || _wordsUsed + room > _words.Length)
        {
            LayOut(index, capacity);
            return;
        }
        Move(index, _words, _wordsUsed, capacity);
        _wordsUsed += room;
    }

    /// <summary>Lays all windows out in new words, one after the other; that at <paramref name="grown"/> with more places.</summary>
    private void LayOut(int grown, int capacity)
    {
        var needed = (capacity - _cells![grown].Capacity) * _cells[grown].Stride;
        for (var i = 0; i < Count; i++) needed += _cells[i].Capacity * _cells[i].Stride;
        var words = new long[needed + needed / 4];
        _wordsUsed = 0;
        for (var i = 0; i < Count; i++)
        {
            Move(i, words, _wordsUsed, i == grown ? capacity : _cells[i].Capacity);
            _wordsUsed += _cells[i].Capacity * _cells[i].Stride;
        }
        _words = words;
    }

    private readonly void Move(int index, long[] words, int start, int capacity)
    {
        ref var cell = ref _cells![index];
        if (cell.Count > 0) _words.AsSpan(cell.Start + cell.Head * cell.Stride, cell.Count * cell.Stride).CopyTo(words.AsSpan(start));
        if (_values is not null && index < _values.Length && _values[index] is { } values) _values[index] = Moved(values, cell, capacity);
        (cell.Start, cell.Head, cell.Capacity) = (start, 0, (ushort)capacity);
    }

    private static Value[] Moved(Value[] values, in WindowCell cell, int capacity)
    {
        if (cell.Head == 0 && capacity == values.Length) return values;
        var moved = new Value[capacity];
        values.AsSpan(cell.Head, cell.Count).CopyTo(moved);
        return moved;
    }
}
