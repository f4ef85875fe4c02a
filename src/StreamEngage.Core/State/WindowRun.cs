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

    public static long TimeIn(long word) => word >> WeightBits;

    public static int WeightIn(long word) => (int)(word & WeightMask);

    // Unchecked, as all places here: a window has at most a thousand entries of three words.
    public long TimeOf(int entry) => TimeIn(_words[unchecked(entry * _stride)]);

    public int WeightOf(int entry) => WeightIn(_words[unchecked(entry * _stride)]);

    public long WordOf(int entry) => _words[unchecked(entry * _stride + 1)];

    public double NumberOf(int entry) => BitConverter.Int64BitsToDouble(WordOf(entry));

    public ulong KeyOf(int entry) => unchecked((ulong)_words[entry * _stride + _slot.KeyWord]);

    public Events.Value ValueOf(int entry) => _values[entry];

    /// <summary>
    /// Whether entries later than <paramref name="from"/> and not later than <paramref name="until"/> weigh <paramref name="needed"/> together;
    /// those of one key where it is given. Looks from the newest back and no further than it must.
    /// </summary>
    public bool Weighs(int needed, long from, long until, ulong? key)
    {
        unchecked
        {
            // In registers, and compared as they are stored: this loop is what a dense window costs.
            var words = _words;
            var stride = _stride;
            var first = Pack(Math.Max(from, TimeMin) + 1, weight: 0);
            var at = (After(until) - 1) * stride;
            if (key is not { } wanted)
            {
                for (; (uint)at < (uint)words.Length && words[at] >= first; at -= stride)
                    if ((needed -= WeightIn(words[at])) <= 0) return true;
                return false;
            }
            var keyWord = _slot.KeyWord;
            for (; (uint)at < (uint)words.Length && words[at] >= first; at -= stride)
                if (words[at + keyWord] == (long)wanted && (needed -= WeightIn(words[at])) <= 0) return true;
            return false;
        }
    }

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
