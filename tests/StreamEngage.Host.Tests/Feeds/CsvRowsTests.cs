using System.Text;
using StreamEngage.Host.Feeds;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Tests.Feeds;

/// <summary>Random rows written by the rules of RFC 4180 and read back through a stream that gives a few bytes at a time.</summary>
public sealed class CsvRowsTests
{
    private const string Alphabet = "ab,\"\r\n é";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void WrittenRows_AreReadBack_WhereverTheReadsPart(ulong seed)
    {
        var draw = new SeededDraw(seed);
        var written = Enumerable.Range(0, 3_000).Select(_ => Row(draw)).ToList();
        var text = string.Concat(written.Select(row => string.Join(',', row.Select(field => Quoted(draw, field))) + (draw.Percent(50) ? "\n" : "\r\n")));
        var rows = new CsvRows(new Trickle(Encoding.UTF8.GetBytes(text), draw), CsvFormat.Rfc4180);
        var line = 1L;
        foreach (var expected in written)
        {
            Assert.True(rows.Read() == RowRead.Row, $"seed {seed}, line {line}");
            Assert.Equal(expected, Enumerable.Range(0, rows.Count).Select(i => Encoding.UTF8.GetString(rows[i])));
            Assert.Equal(line, rows.Line);
            line += 1 + expected.Sum(field => field.Count(c => c == '\n'));
        }
        Assert.Equal(RowRead.End, rows.Read());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void ArbitraryBytes_NeverThrow_AndEveryLineIsAccountedFor(ulong seed)
    {
        var draw = new SeededDraw(seed);
        var bytes = Enumerable.Range(0, 20_000).Select(_ => (byte)(draw.Percent(60) ? Alphabet[draw.Below(6)] : draw.Below(256))).ToArray();
        var rows = new CsvRows(new Trickle(bytes, draw), CsvFormat.Rfc4180);
        var last = 0L;
        while (rows.Read() != RowRead.End)
        {
            Assert.True(rows.Line > last, $"seed {seed}: line {rows.Line} after {last}");
            last = rows.Line;
        }
        Assert.InRange(last, 1, bytes.Count(b => b == '\n') + 1);
    }

    [Fact]
    public void BlanksAndTabs_PartFieldsOfAWhitespaceFile()
    {
        var rows = new CsvRows(new MemoryStream(" a  b\t c \r\n   \n d"u8.ToArray()), new CsvFormat(null, null, 0));
        Assert.Equal(RowRead.Row, rows.Read());
        Assert.Equal(["a", "b", "c"], Enumerable.Range(0, rows.Count).Select(i => Encoding.UTF8.GetString(rows[i])));
        Assert.Equal((RowRead.Row, 1, 3L), (rows.Read(), rows.Count, rows.Line));
        Assert.Equal(RowRead.End, rows.Read());
    }

    // The first field is never empty, because a row of nothing is a blank line.
    private static string[] Row(SeededDraw draw) =>
        [.. Enumerable.Range(0, draw.Between(1, 5)).Select(i => (i == 0 ? "x" : "") + Text(draw))];

    private static string Text(SeededDraw draw) =>
        string.Concat(Enumerable.Range(0, draw.Below(12)).Select(_ => Alphabet[draw.Below(Alphabet.Length)]));

    private static string Quoted(SeededDraw draw, string field) =>
        field.AsSpan().IndexOfAny(",\"\r\n") >= 0 || draw.Percent(20) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;

    private sealed class Trickle(byte[] bytes, SeededDraw draw) : MemoryStream(bytes)
    {
        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, draw.Between(1, 9)));
    }
}
