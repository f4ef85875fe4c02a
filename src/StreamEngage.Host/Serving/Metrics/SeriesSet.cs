using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Serving.Metrics;

/// <summary>The series of one instrument. Recording finds its series without allocating; only a new one locks.</summary>
internal sealed class SeriesSet
{
    private static readonly double[] _defaultBounds = [1, 5, 10, 25, 50, 100, 250, 500, 1_000, 5_000, 10_000];

    private readonly Instrument _instrument;
    private readonly string _kind;
    private readonly double[]? _bounds;
    private readonly bool _adds;
    private readonly Lock _growing = new();
    private readonly ConcurrentDictionary<int, Series> _byHash = new();
    private readonly Series _rest;
    private int _count;

    public SeriesSet(Instrument instrument)
    {
        _instrument = instrument;
        _kind = MetricName.KindOf(instrument);
        Name = MetricName.Of(instrument);
        _adds = !instrument.IsObservable;
        if (_kind == "histogram") _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? _defaultBounds;
        _rest = new([new("overflow", "true")], _bounds);
    }

    public string Name { get; }

    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) => Find(tags).Record(value, _adds);

    /// <summary>What is only looked up is forgotten first: a lane that went has no value any more.</summary>
    public void BeginLookup()
    {
        if (_adds) return;
        lock (_growing)
        {
            _byHash.Clear();
            _rest.Clear();
            _count = 0;
        }
    }

    public void Write(StringBuilder page)
    {
        if (!string.IsNullOrEmpty(_instrument.Description))
            page.Append("# HELP ").Append(Name).Append(' ').Append(EscapedHelp(_instrument.Description)).Append('\n');
        page.Append("# TYPE ").Append(Name).Append(' ').Append(_kind).Append('\n');
        foreach (var series in All().OrderBy(series => series.Labels, StringComparer.Ordinal)) series.Write(page, Name);
    }

    private static string EscapedHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private IEnumerable<Series> All()
    {
        foreach (var first in _byHash.Values)
            for (var series = first; series is not null; series = series.Next)
                yield return series;
        if (_rest.IsUsed) yield return _rest;
    }

    private Series Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = HashOf(tags);
        if (_byHash.TryGetValue(hash, out var first) && first.In(tags) is { } found) return found;
        return Volatile.Read(ref _count) >= ServeLimits.SeriesMax ? _rest : Added(hash, tags);
    }

    private Series Added(int hash, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        lock (_growing)
        {
            _byHash.TryGetValue(hash, out var first);
            if (first?.In(tags) is { } found) return found;
            if (_count >= ServeLimits.SeriesMax) return _rest;
            _count++;
            var added = new Series(tags, _bounds) { Next = first };
            _byHash[hash] = added;
            return added;
        }
    }

    private static int HashOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var hash = new HashCode();
        foreach (var (_, value) in tags) hash.Add(value);
        return hash.ToHashCode();
    }
}
