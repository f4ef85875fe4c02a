using System.Text;

namespace StreamEngage.Host.Runs;

/// <summary>Rows in aligned columns: the first to the left, the others to the right.</summary>
internal sealed class TextTable
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] row) => _rows.Add(row);

    public override string ToString()
    {
        var widths = new List<int>();
        foreach (var row in _rows)
            for (var i = 0; i < row.Length; i++)
            {
                if (i == widths.Count) widths.Add(0);
                widths[i] = Math.Max(widths[i], row[i].Length);
            }
        var text = new StringBuilder();
        foreach (var row in _rows)
        {
            var line = string.Join("  ", row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i])));
            text.Append(line.TrimEnd()).Append('\n');
        }
        return text.ToString();
    }
}
