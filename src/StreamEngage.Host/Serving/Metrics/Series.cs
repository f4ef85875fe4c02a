using System.Text;

namespace StreamEngage.Host.Serving.Metrics;

/// <summary>One line of an instrument, or one histogram.</summary>
internal sealed class Series
{
    private readonly Lock _lock = new();
    private readonly KeyValuePair<string, object?>[] _tags;
    private readonly double[]? _bounds;
    private readonly long[] _buckets;
    private double _value;
    private long _count;

    /// <param name="tags">Its labels.</param>
    /// <param name="bounds">Upper bounds of a histogram's buckets, rising; null for a number.</param>
    public Series(ReadOnlySpan<KeyValuePair<string, object?>> tags, double[]? bounds)
    {
        (_tags, _bounds) = (tags.ToArray(), bounds);
        _buckets = new long[(bounds?.Length ?? 0) + 1];
        Labels = string.Join(',', _tags.Select(tag => $"{MetricName.Plain(tag.Key)}=\"{Escaped(tag.Value)}\""));
    }

    /// <summary>Another series whose labels hash the same.</summary>
    public Series? Next { get; init; }

    public string Labels { get; }

    public bool IsUsed => _count > 0;

    public void Record(double value, bool adds)
    {
        lock (_lock)
        {
            _count++;
            _value = adds ? _value + value : value;
            if (_bounds is not null) _buckets[BucketOf(value)]++;
        }
    }

    public void Clear()
    {
        lock (_lock) (_value, _count) = (0, 0);
    }

    /// <summary>This series or one behind it that has these labels.</summary>
    public Series? In(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        for (var series = this; series is not null; series = series.Next)
            if (series.Has(tags)) return series;
        return null;
    }

    public void Write(StringBuilder page, string name)
    {
        lock (_lock)
        {
            if (_bounds is null) WriteLine(page, name, Labels, MetricsPage.Number(_value));
            else WriteHistogram(page, name, _bounds);
        }
    }

    private void WriteHistogram(StringBuilder page, string name, double[] bounds)
    {
        var (separator, below) = (Labels.Length > 0 ? "," : "", 0L);
        for (var i = 0; i < _buckets.Length; i++)
        {
            below += _buckets[i];
            var bound = MetricsPage.Number(i < bounds.Length ? bounds[i] : double.PositiveInfinity);
            WriteLine(page, $"{name}_bucket", $"{Labels}{separator}le=\"{bound}\"", MetricsPage.Number(below));
        }
        WriteLine(page, $"{name}_sum", Labels, MetricsPage.Number(_value));
        WriteLine(page, $"{name}_count", Labels, MetricsPage.Number(_count));
    }

    private static void WriteLine(StringBuilder page, string name, string labels, string value)
    {
        page.Append(name);
        if (labels.Length > 0) page.Append('{').Append(labels).Append('}');
        page.Append(' ').Append(value).Append('\n');
    }

    private int BucketOf(double value)
    {
        var found = Array.BinarySearch(_bounds!, value);
        return found >= 0 ? found : ~found;
    }

    private bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != _tags.Length) return false;
        for (var i = 0; i < tags.Length; i++)
            if (tags[i].Key != _tags[i].Key || !Equals(tags[i].Value, _tags[i].Value)) return false;
        return true;
    }

    private static string Escaped(object? value) => (Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture) ?? "")
        .Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
