using System.Globalization;
using StreamEngage.Events;

namespace StreamEngage.Host.Demo;

/// <summary>Numbers as the demo writes them.</summary>
internal static class DemoWords
{
    public static string Of(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    public static string Of(TimeSpan latency) => latency.TotalMilliseconds switch
    {
        < 10 => Text($"{latency.TotalMilliseconds:0.00} ms"),
        < 1000 => Text($"{latency.TotalMilliseconds:0} ms"),
        _ => Text($"{latency.TotalSeconds:0.0} s"),
    };

    public static string Megabytes(long bytes) => Text($"{bytes / 1_048_576} MB");

    public static string Seconds(TimeSpan time) => Text($"{Math.Round(time.TotalSeconds):0} s");

    public static string ClockOf(EventTime at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Math.Max(0, at.UnixMilliseconds)).ToString("ddd HH:mm:ss", CultureInfo.InvariantCulture);

    public static string Listed(IEnumerable<NamedCount> counts) => string.Join(", ", counts.Select(count => $"{count.Name} {Of(count.Count)}"));

    private static string Text(FormattableString words) => words.ToString(CultureInfo.InvariantCulture);
}
