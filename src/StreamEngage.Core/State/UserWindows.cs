using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The windows of one user in one array of words, without references: one object for the collector, and one place in memory, however many they are.
/// First a cell a window, then the entries. A window that needs more places moves to the end of the words; when these are full, all are laid out anew.
/// </summary>
internal struct UserWindows
{
    private const int CellWords = 2;
    private const int CellsMin = 4;
    // Cells a user gets at first where there are many windows: each time they run out, all windows move.
    private const int CellsMinOfMany = 12;

    private long[]? _words;
    private Value[]?[]? _values;   // by cell; of windows that keep values themselves
    private int _wordsUsed;
    private int _cellRoom;

    public int Count { get; private set; }

    private readonly Span<WindowCell> Cells => MemoryMarshal.Cast<long, WindowCell>(_words.AsSpan(0, Count * CellWords));

    // One of Cells, without a span made of all of them.
    private readonly ref WindowCell CellAt(int index) => ref Unsafe.As<long, WindowCell>(ref _words![unchecked(index * CellWords)]);

    /// <summary>Asks for the memory of what is here, without reading it.</summary>
    public readonly void Prefetch()
    {
        if (_words is not null) MemoryAhead.Ask(_words, lines: 3);
    }

    /// <summary>Index of the slot of the window at <paramref name="index"/>; windows stand in the order in which they were opened.</summary>
    public readonly int SlotAt(int index) => CellAt(index).Slot;

    /// <summary>The entries of a window; none while it was never fed.</summary>
    public readonly WindowRun Read(WindowSlot slot)
    {
        var index = Find(slot.Index);
        if (index < 0) return default;
        ref readonly var cell = ref CellAt(index);
        var values = slot.HoldsValues ? _values![index].AsSpan(cell.Head, cell.Count) : default;
        return new(slot, _words.AsSpan(unchecked(cell.Start + cell.Head * slot.Stride), unchecked(cell.Count * slot.Stride)), values, cell.Count);
    }

    /// <summary>
    /// Whether entries later than <paramref name="from"/> and not later than <paramref name="until"/> weigh <paramref name="needed"/> together;
    /// those of one key where it is given. Looks from the newest back and no further than it must.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly bool Weighs(WindowSlot slot, int needed, long from, long until, ulong? key)
    {
        var index = Find(slot.Index);
        if (index < 0) return false;
        unchecked
        {
            // In registers, and compared as they are stored: this loop is what a dense window costs.
            ref readonly var cell = ref CellAt(index);
            var (stride, keyWord) = (slot.Stride, slot.KeyWord);
            var words = _words.AsSpan(cell.Start + cell.Head * stride, cell.Count * stride);
            var first = WindowRun.FirstAfter(from);
            var at = words.Length - stride;
            while ((uint)at < (uint)words.Length && WindowRun.TimeIn(words[at]) > until) at -= stride;
            if (key is not { } wanted)
            {
                for (; (uint)at < (uint)words.Length && words[at] >= first; at -= stride)
                    if ((needed -= WindowRun.WeightIn(words[at])) <= 0) return true;
                return false;
            }
            for (; (uint)at < (uint)words.Length && words[at] >= first; at -= stride)
                if (words[at + keyWord] == (long)wanted && (needed -= WindowRun.WeightIn(words[at])) <= 0) return true;
            return false;
        }
    }

    /// <summary>
    /// What <see cref="Add"/> does of a <see cref="WindowSlot.IsPlain">plain</see> window, where the sample is the newest and there is room for it:
    /// nearly always.
    /// </summary>
    /// <param name="slot">Which window.</param>
    /// <param name="at">When, in milliseconds.</param>
    /// <param name="word">Number or identity, where the window holds such.</param>
    /// <param name="key">What it is counted by, where it is.</param>
    /// <param name="readableFrom">The earliest instant at which the window may still be read.</param>
    /// <returns>False: nothing was added, and <see cref="Add"/> is to be called.</returns>
    // Apart, so that what it works with stands in registers.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly bool TryAppend(WindowSlot slot, long at, long word, ulong key, long readableFrom)
    {
        var index = Find(slot.Index);
        if (index < 0) return false;
        unchecked
        {
            ref var cell = ref CellAt(index);
            var words = _words!;
            var stride = slot.Stride;
            var (head, count) = ((int)cell.Head, (int)cell.Count);
            var first = cell.Start + head * stride;
            var gone = WindowRun.FirstAfter(readableFrom - slot.RetentionMilliseconds);
            var surplus = slot.IsKeyed ? int.MaxValue : slot.EntriesNeeded;
            while (count > 0 && (words[first] < gone || (count > surplus && WindowRun.TimeIn(words[first + surplus * stride]) <= readableFrom)))
                (first, head, count) = (first + stride, head + 1, count - 1);
            if (count == 0) (first, head) = (cell.Start, 0);
            var place = first + count * stride;
            if (count >= Limits.WindowEntriesMax || (count > 0 && WindowRun.TimeIn(words[place - stride]) >= at)) return false;
            if (head + count >= cell.Capacity)
            {
                // As WindowWriter.TrySlide does, on what stands in registers here.
                if (count * 2 > cell.Capacity) return false;
                for (var (from, to) = (first, cell.Start); from < place; from++, to++) words[to] = words[from];
                (place, head) = (cell.Start + count * stride, 0);
            }
            words[place] = WindowRun.Pack(at, weight: 1);
            if (slot.HoldsWord) words[place + 1] = word;
            if (slot.IsKeyed) words[place + slot.KeyWord] = (long)key;
            (cell.Head, cell.Count) = ((ushort)head, (ushort)(count + 1));
            return true;
        }
    }

    /// <summary>Forgets what no reader of the window can see any more, then adds a sample in its place.</summary>
    /// <returns>How many entries had to be merged or dropped because the window was full.</returns>
    public int Add(WindowSlot slot, in WindowSample sample, in WindowHorizon horizon)
    {
        var index = Find(slot.Index);
        if (index < 0)
        {
            WriterOf(Open(slot), slot).Insert(sample, weight: 1);
            return 0;
        }
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
        var index = Find(slot.Index) is >= 0 and var known ? known : Open(slot);
        if (CellAt(index).Count >= Limits.WindowEntriesMax) return;
        if (WriterOf(index, slot) is { IsFull: true } writer && !writer.TrySlide()) Grow(index);
        WriterOf(index, slot).Insert(sample, weight);
    }

    private readonly int Find(int slot)
    {
        for (var i = 0; i < Count; i++)
            if (CellAt(i).Slot == slot) return i;
        return -1;
    }

    /// <summary>Opens a window that is not there, with room for its first entries. Returns its index.</summary>
    private int Open(WindowSlot slot)
    {
        var room = slot.EntriesAtFirst * slot.Stride;
        if (Count == _cellRoom) LayOut(CellRoomAfter(slot), more: room);
        else if (_wordsUsed + room > _words!.Length) LayOut(_cellRoom, more: room);
        if (slot.HoldsValues) OpenValues(slot);
        CellAt(Count) = new() { Slot = slot.Index, Start = _wordsUsed, Capacity = (ushort)slot.EntriesAtFirst, Stride = (ushort)slot.Stride };
        _wordsUsed += room;
        return Count++;
    }

    private readonly int CellRoomAfter(WindowSlot slot)
    {
        var least = slot.IsAmongMany ? CellsMinOfMany : CellsMin;
        return Math.Max(Count + 1, Math.Min(Math.Max(least, Count * 2), slot.Among));
    }

    private void OpenValues(WindowSlot slot)
    {
        if (_values is null || _values.Length < _cellRoom) Array.Resize(ref _values, _cellRoom);
        _values[Count] = new Value[slot.EntriesAtFirst];
    }

    private readonly WindowWriter WriterOf(int index, WindowSlot slot)
    {
        var values = slot.HoldsValues ? _values![index]! : [];
        return new(slot, ref CellAt(index), _words!, values);
    }

    /// <summary>Doubles the places of a window.</summary>
    private void Grow(int index)
    {
        ref var cell = ref CellAt(index);
        var capacity = cell.Capacity * 2;
        if (_wordsUsed + capacity * cell.Stride <= _words!.Length) Move(index, ref cell, _words, capacity);
        else LayOut(_cellRoom, more: (capacity - cell.Capacity) * cell.Stride, grown: index, capacity);
    }

    /// <summary>Lays all windows out in new words, one after the other; that at <paramref name="grown"/> with <paramref name="capacity"/> places.</summary>
    private void LayOut(int cellRoom, int more, int grown = -1, int capacity = 0)
    {
        var needed = cellRoom * CellWords + more;
        foreach (ref readonly var cell in Cells) needed += cell.Capacity * cell.Stride;
        var words = new long[needed + needed / 2];
        var cells = MemoryMarshal.Cast<long, WindowCell>(words.AsSpan(0, Count * CellWords));
        Cells.CopyTo(cells);
        _wordsUsed = cellRoom * CellWords;
        for (var i = 0; i < cells.Length; i++) Move(i, ref cells[i], words, i == grown ? capacity : cells[i].Capacity);
        (_words, _cellRoom) = (words, cellRoom);
    }

    /// <summary>Gives a window places at the end of what is used of <paramref name="to"/>.</summary>
    private void Move(int index, ref WindowCell cell, long[] to, int capacity)
    {
        if (cell.Count > 0) _words.AsSpan(cell.Start + cell.Head * cell.Stride, cell.Count * cell.Stride).CopyTo(to.AsSpan(_wordsUsed));
        if (_values is not null && index < _values.Length && _values[index] is { } values) _values[index] = Moved(values, cell, capacity);
        (cell.Start, cell.Head, cell.Capacity) = (_wordsUsed, 0, (ushort)capacity);
        _wordsUsed += capacity * cell.Stride;
    }

    private static Value[] Moved(Value[] values, in WindowCell cell, int capacity)
    {
        if (cell.Head == 0 && capacity == values.Length) return values;
        var moved = new Value[capacity];
        values.AsSpan(cell.Head, cell.Count).CopyTo(moved);
        return moved;
    }
}
