using StreamEngage.Events;

namespace StreamEngage.Host.Backtests;

/// <summary>Counts over a stretch of time of any length in a bounded number of bars: they grow wider as the stretch grows.</summary>
internal sealed class TimeBars
{
    private const long Minute = 60_000;
    private const long Day = 1_440 * Minute;

    // Each a multiple of the one before, so that bars merge without a rest; past the last they double.
    private static readonly long[] Widths = [Minute, 5 * Minute, 15 * Minute, 60 * Minute, 360 * Minute, Day, 7 * Day, 28 * Day, 364 * Day];

    private Dictionary<long, long> _counts = [];
    private long _first = long.MaxValue;
    private long _last = long.MinValue;

    public long WidthMilliseconds { get; private set; } = Minute;

    /// <summary>Bars from the first to the last that has a count, empty ones between them included.</summary>
    public IEnumerable<(EventTime From, long Count)> Bars()
    {
        for (var bar = _first; bar <= _last; bar++)
            yield return (new(bar * WidthMilliseconds), _counts.GetValueOrDefault(bar));
    }

    public void Count(EventTime at)
    {
        Add(BarOf(at.UnixMilliseconds), 1);
        while (_last - _first >= BacktestLimits.BarsMax) Widen();
    }

    private void Widen()
    {
        var old = (Counts: _counts, Width: WidthMilliseconds);
        WidthMilliseconds = Widths.FirstOrDefault(width => width > old.Width, old.Width * 2);
        (_counts, _first, _last) = ([], long.MaxValue, long.MinValue);
        foreach (var (bar, count) in old.Counts) Add(BarOf(bar * old.Width), count);
    }

    private void Add(long bar, long count)
    {
        _counts[bar] = _counts.GetValueOrDefault(bar) + count;
        (_first, _last) = (Math.Min(_first, bar), Math.Max(_last, bar));
    }

    private long BarOf(long at) => (long)Math.Floor((double)at / WidthMilliseconds);
}
