namespace StreamEngage.State;

/// <summary>The entries of one window of one user, in order of (time, value), as they stand: for reading. The default has none.</summary>
internal readonly ref struct WindowRun(WindowSlot slot, ReadOnlySpan<long> words, ReadOnlySpan<Events.Value> values, int count)
{
    private const int WeightBits = 20;
    private const long WeightMask = (1L << WeightBits) - 1;
    // No time of an event is as early; no such time is lost when it is packed.
    private const long TimeMin = -(1L << (62 - WeightBits));

    private readonly ReadOnlySpan<long> _words = words;
    private readonly ReadOnlySpan<Events.Value> _values = values;
    private readonly WindowSlot _slot = slot;
    private readonly int _stride = slot.Stride;

    public int Count { get; } = count;

    /// <summary>Time and weight as one word.</summary>
    public static long Pack(long at, int weight) => (at << WeightBits) | (long)weight;

    /// <summary>The least word of an entry later than <paramref name="at"/>.</summary>
    public static long FirstAfter(long at) => unchecked(Pack(Math.Max(at, TimeMin) + 1, weight: 0));

    public static long TimeIn(long word) => word >> WeightBits;

    public static int WeightIn(long word) => (int)(word & WeightMask);

    // Unchecked, as all places here: a window has at most a thousand entries of three words.
    public long TimeOf(int entry) => TimeIn(_words[unchecked(entry * _stride)]);

    public int WeightOf(int entry) => WeightIn(_words[unchecked(entry * _stride)]);

    public long WordOf(int entry) => _words[unchecked(entry * _stride + 1)];

    public double NumberOf(int entry) => BitConverter.Int64BitsToDouble(WordOf(entry));

    public ulong KeyOf(int entry) => unchecked((ulong)_words[entry * _stride + _slot.KeyWord]);

    public Events.Value ValueOf(int entry) => _values[entry];

    /// <summary>The first entry later than <paramref name="at"/>; all before it are not later.</summary>
    public int After(long at)
    {
        if (Count == 0 || TimeOf(Count - 1) <= at) return Count;
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = unchecked(low + high) >> 1;
            if (TimeOf(middle) <= at) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
