using System.Globalization;
using System.Text;

namespace StreamEngage.Host.Backtests;

/// <summary>Counts drawn with characters, alike on a terminal and in a file.</summary>
internal static class Bars
{
    private const int WidthMax = 40;
    private const string Heights = "▁▂▃▄▅▆▇█";

    /// <summary>One row a count: label, bar, number.</summary>
    public static string Rows(IReadOnlyList<(string Label, long Count)> counts)
    {
        var most = Math.Max(1, counts.Select(row => row.Count).DefaultIfEmpty().Max());
        var label = counts.Select(row => row.Label.Length).DefaultIfEmpty().Max();
        var text = new StringBuilder();
        foreach (var row in counts)
        {
            var bar = new string('█', (int)Math.Ceiling((double)row.Count * WidthMax / most));
            text.Append(CultureInfo.InvariantCulture, $"  {row.Label.PadRight(label)} {bar}{(bar.Length > 0 ? " " : "")}{row.Count:N0}\n");
        }
        return text.ToString();
    }

    /// <summary>One character a count; a space where there is none.</summary>
    public static string Line(IEnumerable<long> counts)
    {
        var all = counts.ToList();
        var most = Math.Max(1, all.DefaultIfEmpty().Max());
        return string.Concat(all.Select(count => count == 0 ? ' ' : Heights[(int)((count * Heights.Length - 1) / most)]));
    }
}
