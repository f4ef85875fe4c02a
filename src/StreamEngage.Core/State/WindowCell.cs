using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>
/// The entries of one window of one user, in order of (time, value). A run inside an array that slides to the right as old entries leave, so
/// that reading is a scan and appending is amortised O(1).
/// </summary>
internal struct WindowCell
{
    private const int WeightBits = 20;
    private const long WeightMask = (1L << WeightBits) - 1;

    private long[] _words;
    private Value[]? _values;
    private int _head;

    public WindowCell(WindowSlot slot)
    {
        Slot = slot.Index;
        _words = new long[4 * slot.Stride];
        if (slot.HoldsValues) _values = new Value[4];
    }

    public int Slot { get; }

    /// <summary>Asks for the memory of the first entries.</summary>
    public readonly unsafe void Prefetch()
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_words)));
    }

    public int Count { get; private set; }

    public readonly long TimeOf(int entry, int stride) => _words[(_head + entry) * stride] >> WeightBits;

    public readonly int WeightOf(int entry, int stride) => (int)(_words[(_head + entry) * stride] & WeightMask);

    public readonly long WordOf(int entry, int stride) => _words[(_head + entry) * stride + 1];

    public readonly ulong KeyOf(int entry, WindowSlot slot) =>
        unchecked((ulong)_words[(_head + entry) * slot.Stride + slot.KeyWord]);

    public readonly Value ValueOf(int entry) => _values![_head + entry];

    /// <summary>Adds a sample in its place, then forgets what no reader can see any more.</summary>
    /// <returns>How many entries had to be merged or dropped because the window was full.</returns>
    public int Add(WindowSlot slot, in WindowSample sample, in WindowHorizon horizon)
    {
        Forget(slot, horizon);
        if (slot.IsDaily && MergeIntoDay(slot, sample)) return 0;
        Insert(slot, sample, weight: 1);
        return Count > Limits.WindowEntriesMax ? Coalesce(slot) : 0;
    }

    /// <summary>Puts back an entry of a stored window.</summary>
    public void Restore(WindowSlot slot, in WindowSample sample, int weight)
    {
        if (Count < Limits.WindowEntriesMax) Insert(slot, sample, weight);
    }

    /// <summary>The first entry later than <paramref name="at"/>; all before it are not later.</summary>
    public readonly int After(long at, int stride)
    {
        if (Count == 0 || TimeOf(Count - 1, stride) <= at) return Count;
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) >> 1;
            if (TimeOf(middle, stride) <= at) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Insert(WindowSlot slot, in WindowSample sample, int weight)
    {
        MakeRoom(slot);
        var entry = PlaceOf(slot, sample);
        Open(slot, entry);
        Write(slot, entry, sample, weight);
        Count++;
    }

    private void Forget(WindowSlot slot, in WindowHorizon horizon)
    {
        var stride = slot.Stride;
        var readableFrom = horizon.Clock - horizon.Lateness;
        var gone = readableFrom - slot.RetentionMilliseconds;
        while (Count > 0 && (TimeOf(0, stride) <= gone || IsSurplus(slot, readableFrom)))
        {
            if (_values is not null) _values[_head] = default;
            _head++;
            Count--;
        }
        if (Count == 0) _head = 0;
    }

    /// <summary>The oldest entry is not needed: enough newer ones can be seen from every instant that may still be read at.</summary>
    private readonly bool IsSurplus(WindowSlot slot, long readableFrom) =>
        Count > slot.EntriesNeeded && !slot.IsKeyed && TimeOf(slot.EntriesNeeded, slot.Stride) <= readableFrom;

    private readonly int PlaceOf(WindowSlot slot, in WindowSample sample)
    {
        var entry = Count;
        while (entry > 0 && IsAfter(slot, entry - 1, sample)) entry--;
        return entry;
    }

    private readonly bool IsAfter(WindowSlot slot, int entry, in WindowSample sample)
    {
        var at = TimeOf(entry, slot.Stride);
        if (at != sample.At) return at > sample.At;
        return slot.Content switch
        {
            WindowContent.Times => false,
            WindowContent.Identities => WordOf(entry, slot.Stride) > sample.Word,
            WindowContent.FirstValue or WindowContent.LastValue => ValueOrder.Compare(ValueOf(entry), sample.Value) > 0,
            _ => BitConverter.Int64BitsToDouble(WordOf(entry, slot.Stride)) > BitConverter.Int64BitsToDouble(sample.Word),
        };
    }

    private void MakeRoom(WindowSlot slot)
    {
        var stride = slot.Stride;
        var capacity = _words.Length / stride;
        if (_head + Count < capacity) return;
        var target = Count * 2 > capacity ? new long[capacity * 2 * stride] : _words;
        Array.Copy(_words, _head * stride, target, 0, Count * stride);
        if (_values is not null) MakeRoomForValues(target.Length / stride);
        _words = target;
        _head = 0;
    }

    private void MakeRoomForValues(int capacity)
    {
        var target = capacity == _values!.Length ? _values : new Value[capacity];
        Array.Copy(_values, _head, target, 0, Count);
        target.AsSpan(Count).Clear();
        _values = target;
    }

    private readonly void Open(WindowSlot slot, int entry)
    {
        if (entry == Count) return;
        var stride = slot.Stride;
        var from = (_head + entry) * stride;
        Array.Copy(_words, from, _words, from + stride, (Count - entry) * stride);
        if (_values is not null) Array.Copy(_values, _head + entry, _values, _head + entry + 1, Count - entry);
    }

    private readonly void Write(WindowSlot slot, int entry, in WindowSample sample, int weight)
    {
        var at = (_head + entry) * slot.Stride;
        _words[at] = (sample.At << WeightBits) | (long)weight;
        if (slot.HoldsWord) _words[at + 1] = sample.Word;
        if (slot.IsKeyed) _words[at + slot.KeyWord] = unchecked((long)sample.Key);
        if (_values is not null) _values[_head + entry] = sample.Value;
    }

    /// <summary>Merges the two oldest entries that can be one. Where keys or identities keep them apart, the oldest is dropped.</summary>
    private int Coalesce(WindowSlot slot)
    {
        for (var later = 1; later < Count; later++)
        {
            if (!CanMerge(slot, 0, later)) continue;
            Merge(slot, 0, later);
            break;
        }
        _head++;
        Count--;
        return 1;
    }

    private readonly bool CanMerge(WindowSlot slot, int earlier, int later)
    {
        if (WeightOf(earlier, slot.Stride) + WeightOf(later, slot.Stride) > Limits.WindowWeightMax) return false;
        if (slot.IsKeyed && KeyOf(earlier, slot) != KeyOf(later, slot)) return false;
        return slot.Content != WindowContent.Identities || WordOf(earlier, slot.Stride) == WordOf(later, slot.Stride);
    }

    /// <summary>The later entry takes the earlier one's weight and content; the earlier is left to be dropped.</summary>
    private readonly void Merge(WindowSlot slot, int earlier, int later)
    {
        var (from, to) = ((_head + earlier) * slot.Stride, (_head + later) * slot.Stride);
        _words[to] += _words[from] & WeightMask;
        if (slot.HoldsWord) _words[to + 1] = MergedWord(slot.Content, _words[from + 1], _words[to + 1]);
        if (slot.Content == WindowContent.FirstValue) _values![_head + later] = _values[_head + earlier];
    }

    private static long MergedWord(WindowContent content, long earlier, long later)
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

    private readonly bool MergeIntoDay(WindowSlot slot, in WindowSample sample)
    {
        var day = DayOf(sample.At);
        for (var entry = Count - 1; entry >= 0 && DayOf(TimeOf(entry, slot.Stride)) >= day; entry--)
        {
            if (DayOf(TimeOf(entry, slot.Stride)) != day || !IsSameOfDay(slot, entry, sample)) continue;
            AddToDay(slot, entry, sample);
            return true;
        }
        return false;
    }

    private readonly bool IsSameOfDay(WindowSlot slot, int entry, in WindowSample sample) =>
        WeightOf(entry, slot.Stride) < Limits.WindowWeightMax
        && (!slot.IsKeyed || KeyOf(entry, slot) == sample.Key)
        && (slot.Content != WindowContent.Identities || WordOf(entry, slot.Stride) == sample.Word);

    private readonly void AddToDay(WindowSlot slot, int entry, in WindowSample sample)
    {
        var stride = slot.Stride;
        var at = (_head + entry) * stride;
        var isLater = sample.At >= TimeOf(entry, stride);
        var weight = WeightOf(entry, stride) + 1;
        _words[at] = (Math.Max(TimeOf(entry, stride), sample.At) << WeightBits) | (long)weight;
        if (slot.HoldsWord) _words[at + 1] = MergedWord(slot.Content, sample.Word, _words[at + 1]);
        if (slot.Content == WindowContent.LastValue && isLater) _values![_head + entry] = sample.Value;
        if (slot.Content == WindowContent.FirstValue && !isLater) _values![_head + entry] = sample.Value;
    }

    private static long DayOf(long at) => at / 86_400_000;
}
