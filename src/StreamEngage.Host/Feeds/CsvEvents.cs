using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Feeds;

/// <summary>The events of a file of rows, as the JSON lines the decoder reads, one at a time.</summary>
internal sealed class CsvEvents : EventFeed
{
    private static readonly JsonWriterOptions _json = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly Stream _csv;
    private readonly CsvMapping _mapping;
    private readonly CsvRows _rows;
    private readonly MappedRow _row;
    private readonly int _width;
    private readonly ArrayBufferWriter<byte> _line = new(1024);
    private readonly Utf8JsonWriter _writer;
    private readonly HeldRows? _held;

    private CsvEvents(Stream csv, CsvMapping mapping, CsvRows rows, int[] places, int width)
    {
        (_csv, _mapping, _rows, _width) = (csv, mapping, rows, width);
        _row = new MappedRow(rows, places);
        _writer = new Utf8JsonWriter(_line, _json);
        _held = mapping.Sort ? new HeldRows() : null;
    }

    /// <summary>Rows left out because a <c>where</c> of the mapping does not hold.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Reads the header, if there is one, and finds the mapping's columns in it.</summary>
    /// <param name="problems">The columns the mapping names and the file lacks, at their place in the mapping file.</param>
    public static bool TryOpen(
        Stream csv, CsvMapping mapping, [NotNullWhen(true)] out CsvEvents? events, out IReadOnlyList<Problem> problems)
    {
        events = null;
        var utf8 = IsUtf8(mapping) ? csv
            : Encoding.CreateTranscodingStream(csv, Encoding.GetEncoding(mapping.Encoding), Encoding.UTF8);
        var rows = new CsvRows(utf8, mapping.Format);
        List<string> names = mapping.Names is null ? ReadHeader(rows) : [.. mapping.Names];
        var missing = mapping.Columns.Where(column => !names.Contains(column.Name)).ToList();
        problems = missing.ConvertAll(column => new Problem(column.At, Severity.Error, "unknown-column",
            $"the file has no column '{column.Name}'{NearestName.Hint(column.Name, names)}"));
        if (missing.Count > 0) return false;
        var places = mapping.Columns.Select(column => names.IndexOf(column.Name)).ToArray();
        events = new CsvEvents(utf8, mapping, rows, places, names.Count);
        return true;
    }

    /// <summary>False at the end of the file.</summary>
    public override bool TryReadNext(out FeedRow row)
    {
        while (TryReadMapped(out row, out var at))
        {
            if (_held is null || row.Fault is not null) return true;
            if (_held.TryHold(row, at)) continue;
            row = new FeedRow(row.Line, default, row.Raw,
                new RowFault("too-many-rows", $"a sorted file holds at most {FeedLimits.SortedRowsMax} rows"));
            return true;
        }
        return _held is not null && _held.TryNext(out row);
    }

    public override void Dispose()
    {
        _writer.Dispose();
        _csv.Dispose();
    }

    private static bool IsUtf8(CsvMapping mapping) => mapping.Encoding is "utf-8";

    private static List<string> ReadHeader(CsvRows rows)
    {
        var names = new List<string>();
        if (rows.Read() != RowRead.Row) return names;
        for (var i = 0; i < rows.Count; i++) names.Add(Encoding.UTF8.GetString(rows[i]).Trim());
        return names;
    }

    private bool TryReadMapped(out FeedRow row, out long at)
    {
        while (true)
        {
            (row, at) = (default, 0);
            var read = _rows.Read();
            if (read == RowRead.End) return false;
            _row.Number++;
            var fault = read == RowRead.Row ? Shape() : RowFault.Of(read);
            if (fault is null && !IsWanted())
            {
                LeftOut++;
                continue;
            }
            fault ??= Write(out at);
            row = new FeedRow(_rows.Line, fault is null ? _line.WrittenMemory : default, _rows.Raw, fault);
            return true;
        }
    }

    private RowFault? Shape()
    {
        if (_rows.Count != _width) return RowFault.WrongCount(_rows.Count, _width);
        return Utf8.IsValid(_rows.Raw.Span) ? null : new RowFault("not-utf-8", "the row is not valid UTF-8");
    }

    private bool IsWanted()
    {
        foreach (var condition in _mapping.Where)
            if (!condition.Holds(_row)) return false;
        return true;
    }

    private RowFault? Write(out long at)
    {
        _line.ResetWrittenCount();
        _writer.Reset(_line);
        _writer.WriteStartObject();
        var fault = WriteRequired(out at) ?? WriteOptional() ?? WriteProps();
        _writer.WriteEndObject();
        _writer.Flush();
        return fault;
    }

    private RowFault? WriteRequired(out long at)
    {
        at = 0;
        var fault = WriteText("id"u8, _mapping.Id) ?? WriteText("user"u8, _mapping.User) ?? WriteText("type"u8, _mapping.Type);
        if (fault is not null) return fault;
        switch (_mapping.At.Read(_row, out at))
        {
            case FieldRead.Blank:
                return RowFault.Missing("at");
            case FieldRead.NotOfKind:
                return BadTime("at", _mapping.At);
            default:
                _writer.WriteNumber("at"u8, at);
                return null;
        }
    }

    private RowFault? WriteOptional()
    {
        foreach (var (name, source) in _mapping.Optional)
        {
            var read = source.Read(_row, out var text);
            if (read == FieldRead.NotOfKind) return NotOfKind(name, source);
            if (read == FieldRead.Present) _writer.WriteString(name, text);
        }
        if (_mapping.Sent is null) return null;
        var sent = _mapping.Sent.Read(_row, out var at);
        if (sent == FieldRead.NotOfKind) return BadTime("sent", _mapping.Sent);
        if (sent == FieldRead.Present) _writer.WriteNumber("sent"u8, at);
        return null;
    }

    private RowFault? WriteProps()
    {
        _writer.WriteStartObject("props"u8);
        foreach (var (name, source) in _mapping.Props)
        {
            var read = source.Read(_row, out var value);
            if (read == FieldRead.NotOfKind) return NotOfKind(name, source);
            if (read == FieldRead.Blank) continue;
            if (source.Kind == ValueKind.Text)
            {
                _writer.WriteString(name, value);
                continue;
            }
            _writer.WritePropertyName(name);
            _writer.WriteRawValue(value, skipInputValidation: true);
        }
        _writer.WriteEndObject();
        return null;
    }

    private RowFault? WriteText(ReadOnlySpan<byte> name, ValueSource source)
    {
        var read = source.Read(_row, out var text);
        if (read == FieldRead.Blank) return RowFault.Missing(Encoding.UTF8.GetString(name));
        if (read == FieldRead.NotOfKind) return NotOfKind(name, source);
        _writer.WriteString(name, text);
        return null;
    }

    private RowFault NotOfKind(ReadOnlySpan<byte> name, ValueSource source)
    {
        var reason = source.Kind == ValueKind.Boolean ? "not-a-boolean" : "not-a-number";
        return new RowFault(reason, $"{Encoding.UTF8.GetString(name)} is '{Shown(source.Text.Read(_row))}'");
    }

    private RowFault BadTime(string name, TimeSource source) =>
        new("bad-time", $"{name} is '{Shown(source.Text.Read(_row))}', which is not {source.Described}");

    private static string Shown(ReadOnlySpan<byte> text) => Encoding.UTF8.GetString(text[..Math.Min(text.Length, 80)]);
}
