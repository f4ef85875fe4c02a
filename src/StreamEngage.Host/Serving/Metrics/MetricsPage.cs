using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace StreamEngage.Host.Serving.Metrics;

/// <summary>
/// Keeps what meters measure and writes it in the text format that Prometheus reads. Measurements come from any thread. However many values a label
/// takes, an instrument has at most <see cref="Settings.ServeLimits.SeriesMax"/> series and one for the rest.
/// </summary>
internal sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly Lock _page = new();
    private readonly List<SeriesSet> _instruments = [];

    /// <param name="isShown">Which instruments are on the page.</param>
    public MetricsPage(Func<Instrument, bool> isShown)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!isShown(instrument)) return;
            var series = new SeriesSet(instrument);
            lock (_instruments) _instruments.Add(series);
            listener.EnableMeasurementEvents(instrument, series);
        };
        _listener.SetMeasurementEventCallback<int>((_, value, tags, series) => ((SeriesSet)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, series) => ((SeriesSet)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, series) => ((SeriesSet)series!).Record(value, tags));
        _listener.Start();
    }

    /// <summary>Everything measured so far, and what can be looked up now.</summary>
    public string Write()
    {
        // One page at a time: looking up clears and refills what is only known now.
        lock (_page)
        {
            SeriesSet[] instruments;
            lock (_instruments) instruments = [.. _instruments];
            foreach (var instrument in instruments) instrument.BeginLookup();
            _listener.RecordObservableInstruments();
            var page = new StringBuilder();
            foreach (var instrument in instruments.OrderBy(series => series.Name, StringComparer.Ordinal)) instrument.Write(page);
            return page.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}
