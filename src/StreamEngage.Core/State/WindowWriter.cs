using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Adds to the entries of one window and forgets old ones, inside the places the window has.</summary>
internal readonly ref struct WindowWriter(WindowSlot slot, ref WindowCell cell, long[] words, Value[] values)
{
    private readonly WindowSlot _slot = slot;
    private readonly ref WindowCell _cell = ref cell;
    private readonly long[] _words = words;   // of all windows of the user
    private readonly Value[] _values = values;   // of this window

    public int Count => _cell.Count;

    /// <summary>There is no place behind the last entry.</summary>
    public bool IsFull => _cell.Head + _cell.Count == _cell.Capacity;

    /// <summary>What no reader can see any more goes.</summary>
    public void Forget(in WindowHorizon horizon)
    {
        var readableFrom = horizon.Clock - horizon.Lateness;
        var gone = readableFrom - _slot.RetentionMilliseconds;
        while (_cell.Count > 0 && (TimeOf(0) <= gone || IsSurplus(readableFrom))) DropFirst();
        if (_cell.Count == 0) _cell.Head = 0;
    }

    /// <summary>Half of the places or more stand empty before the first entry: the entries move there.</summary>
    public bool TrySlide()
    {
        if (_cell.Capacity == 0 || _cell.Count * 2 > _cell.Capacity) return false;
        var (stride, count) = (_slot.Stride, _cell.Count);
        Array.Copy(_words, _cell.Start + _cell.Head * stride, _words, _cell.Start, count * stride);
        if (_slot.HoldsValues)
        {
            Array.Copy(_values, _cell.Head, _values, 0, count);
            _values.AsSpan(count).Clear();
        }
        _cell.Head = 0;
        return true;
    }

    /// <summary>Adds a sample in its place; there is room.</summary>
    public void Insert(in WindowSample sample, int weight)
    {
        var entry = PlaceOf(sample);
        if (entry < _cell.Count) Open(entry);
        Write(entry, sample, weight);
        _cell.Count++;
    }

    /// <summary>Makes one entry of the sample and an earlier one of the same day (and key), if there is one.</summary>
    public bool MergeIntoDay(in WindowSample sample)
    {
        var day = DayOf(sample.At);
        for (var entry = _cell.Count - 1; entry >= 0 && DayOf(TimeOf(entry)) >= day; entry--)
        {
            if (DayOf(TimeOf(entry)) != day || !IsSameOfDay(entry, sample)) continue;
            AddToDay(entry, sample);
            return true;
        }
        return false;
    }

    /// <summary>Merges the two oldest entries that can be one. Where keys or identities keep them apart, the oldest is dropped.</summary>
    public int Coalesce()
    {
        for (var later = 1; later < _cell.Count; later++)
        {
            if (!CanMerge(0, later)) continue;
            Merge(0, later);
            break;
        }
        DropFirst();
        return 1;
    }

    // Unchecked: a window has at most a thousand places of three words.
    private int PlaceOf(int entry) => unchecked(_cell.Start + (_cell.Head + entry) * _slot.Stride);

    private ref long this[int entry] => ref _words[PlaceOf(entry)];

    private ref long WordOf(int entry) => ref _words[unchecked(PlaceOf(entry) + 1)];

    private ref long KeyOf(int entry) => ref _words[unchecked(PlaceOf(entry) + _slot.KeyWord)];

    private ref Value ValueOf(int entry) => ref _values[_cell.Head + entry];

    private long TimeOf(int entry) => WindowRun.TimeIn(this[entry]);

    private int WeightOf(int entry) => WindowRun.WeightIn(this[entry]);

    private void DropFirst()
    {
        if (_slot.HoldsValues) ValueOf(0) = default;
        _cell.Head++;
        _cell.Count--;
    }

    /// <summary>The oldest entry is not needed: enough newer ones can be seen from every instant that may still be read at.</summary>
    private bool IsSurplus(long readableFrom) =>
        _cell.Count > _slot.EntriesNeeded && !_slot.IsKeyed && TimeOf(_slot.EntriesNeeded) <= readableFrom;

    private int PlaceOf(in WindowSample sample)
    {
        var entry = (int)_cell.Count;
        while (entry > 0 && IsAfter(entry - 1, sample)) entry--;
        return entry;
    }

    private bool IsAfter(int entry, in WindowSample sample)
    {
        var at = TimeOf(entry);
        if (at != sample.At) return at > sample.At;
        return _slot.Content switch
        {
            WindowContent.Times => false,
            WindowContent.Identities => WordOf(entry) > sample.Word,
            WindowContent.FirstValue or WindowContent.LastValue => ValueOrder.Compare(ValueOf(entry), sample.Value) > 0,
            _ => BitConverter.Int64BitsToDouble(WordOf(entry)) > BitConverter.Int64BitsToDouble(sample.Word),
        };
    }

    private void Open(int entry)
    {
        var (stride, from, count) = (_slot.Stride, _cell.Head + entry, _cell.Count - entry);
        Array.Copy(_words, _cell.Start + from * stride, _words, _cell.Start + (from + 1) * stride, count * stride);
        if (_slot.HoldsValues) Array.Copy(_values, from, _values, from + 1, count);
    }

    private void Write(int entry, in WindowSample sample, int weight)
    {
        this[entry] = WindowRun.Pack(sample.At, weight);
        if (_slot.HoldsWord) WordOf(entry) = sample.Word;
        if (_slot.IsKeyed) KeyOf(entry) = unchecked((long)sample.Key);
        if (_slot.HoldsValues) ValueOf(entry) = sample.Value;
    }

    private bool CanMerge(int earlier, int later)
    {
        if (WeightOf(earlier) + WeightOf(later) > Limits.WindowWeightMax) return false;
        if (_slot.IsKeyed && KeyOf(earlier) != KeyOf(later)) return false;
        return _slot.Content != WindowContent.Identities || WordOf(earlier) == WordOf(later);
    }

    /// <summary>The later entry takes the earlier one's weight and content; the earlier is left to be dropped.</summary>
    private void Merge(int earlier, int later)
    {
        this[later] += WeightOf(earlier);
        if (_slot.HoldsWord) WordOf(later) = MergedWord(_slot.Content, WordOf(earlier), WordOf(later));
        if (_slot.Content == WindowContent.FirstValue) ValueOf(later) = ValueOf(earlier);
    }

    /// <summary>What is kept of the words of two entries that become one.</summary>
    public static long MergedWord(WindowContent content, long earlier, long later)
    {
        var (a, b) = (BitConverter.Int64BitsToDouble(earlier), BitConverter.Int64BitsToDouble(later));
        return content switch
        {
            WindowContent.Sum => BitConverter.DoubleToInt64Bits(a + b),
            WindowContent.Least => BitConverter.DoubleToInt64Bits(Math.Min(a, b)),
            WindowContent.Greatest => BitConverter.DoubleToInt64Bits(Math.Max(a, b)),
            _ => later,
        };
    }

    private bool IsSameOfDay(int entry, in WindowSample sample) =>
        WeightOf(entry) < Limits.WindowWeightMax
        && (!_slot.IsKeyed || KeyOf(entry) == unchecked((long)sample.Key))
        && (_slot.Content != WindowContent.Identities || WordOf(entry) == sample.Word);

    private void AddToDay(int entry, in WindowSample sample)
    {
        var isLater = sample.At >= TimeOf(entry);
        this[entry] = WindowRun.Pack(Math.Max(TimeOf(entry), sample.At), WeightOf(entry) + 1);
        if (_slot.HoldsWord) WordOf(entry) = MergedWord(_slot.Content, sample.Word, WordOf(entry));
        if (_slot.Content == WindowContent.LastValue && isLater) ValueOf(entry) = sample.Value;
        if (_slot.Content == WindowContent.FirstValue && !isLater) ValueOf(entry) = sample.Value;
    }

    private static long DayOf(long at) => at / 86_400_000;
}
