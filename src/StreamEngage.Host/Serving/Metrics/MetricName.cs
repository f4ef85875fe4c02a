using System.Diagnostics.Metrics;

namespace StreamEngage.Host.Serving.Metrics;

/// <summary>Names as Prometheus wants them: letters, digits and underscores, the unit at the end, a counter's total after it.</summary>
internal static class MetricName
{
    public static string Of(Instrument instrument) => Of(instrument.Name, instrument.Unit, KindOf(instrument) == "counter");

    public static string Of(string name, string? unit, bool isCounter)
    {
        var plain = Plain(name);
        var word = Word(unit);
        if (word.Length > 0 && !plain.EndsWith($"_{word}", StringComparison.Ordinal)) plain = $"{plain}_{word}";
        return isCounter ? $"{plain}_total" : plain;
    }

    public static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };

    public static string Plain(string name) => string.Concat(name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_'));

    private static string Word(string? unit) => unit switch
    {
        null or "" or "1" => "",
        _ when unit.StartsWith('{') => "",
        "ms" => "milliseconds",
        "s" => "seconds",
        "By" => "bytes",
        _ => Plain(unit),
    };
}
