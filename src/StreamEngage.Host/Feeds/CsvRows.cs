namespace StreamEngage.Host.Feeds;

internal enum RowRead
{
    Row,
    End,
    TooLong,
    UnclosedQuote,
    TextAfterQuote,
}

/// <summary>
/// RFC 4180 rows of a UTF-8 stream, one at a time in reused buffers: CRLF or LF, line breaks within quotes, a BOM at the start.
/// A row that cannot be read costs its first physical line only: reading goes on with the line after it.
/// </summary>
internal sealed class CsvRows(Stream csv, CsvFormat format)
{
    private enum Scan
    {
        Field,
        LastField,
        NeedsMore,
        UnclosedQuote,
        TextAfterQuote,
    }

    // The window on the stream: [_start, _end) is read and not yet consumed.
    private byte[] _buffer = new byte[FeedLimits.ReadBytes];
    private int _start;
    private int _end;
    private bool _ended;
    private bool _begun;
    private long _nextLine = 1;

    // The current row: unquoted field texts back to back, and the bytes it was read from.
    private byte[] _text = new byte[4096];
    private int _textLength;
    private readonly List<int> _fieldEnds = [];
    private int _rawStart;
    private int _rawEnd;

    /// <summary>The physical line, counted from 1, on which the current row starts.</summary>
    public long Line { get; private set; }

    public int Count => _fieldEnds.Count;

    /// <summary>The text of a field; valid until the next <see cref="Read"/>.</summary>
    public ReadOnlySpan<byte> this[int field]
    {
        get
        {
            var from = field == 0 ? 0 : _fieldEnds[field - 1];
            return _text.AsSpan(from, _fieldEnds[field] - from);
        }
    }

    /// <summary>The row as it stands in the file, without its line end; of an unreadable one its first line, cut at the bound.</summary>
    public ReadOnlyMemory<byte> Raw => _buffer.AsMemory(_rawStart, _rawEnd - _rawStart);

    public RowRead Read()
    {
        if (!_begun) Begin();
        while (true)
        {
            if (_start == _end && !Fill()) return RowRead.End;
            Line = _nextLine;
            var read = ReadRow();
            if (read != RowRead.Row || !IsBlank()) return read;
        }
    }

    private void Begin()
    {
        _begun = true;
        while (_end - _start < 3 && Fill())
        {
        }
        if (_buffer.AsSpan(_start, _end - _start).StartsWith("\uFEFF"u8)) _start += 3;
        for (var i = 0; i < format.SkipLines; i++) SkipLine();
    }

    private RowRead ReadRow()
    {
        while (true)
        {
            var scan = format.Delimiter is { } delimiter ? ScanDelimited(delimiter, out var next) : ScanBlanks(out next);
            switch (scan)
            {
                case Scan.LastField:
                    Take(next);
                    return RowRead.Row;
                case Scan.NeedsMore:
                    if (_end - _start >= FeedLimits.RowBytesMax) return GiveUp(RowRead.TooLong);
                    Fill();
                    break;
                case Scan.UnclosedQuote:
                    return GiveUp(RowRead.UnclosedQuote);
                default:
                    return GiveUp(RowRead.TextAfterQuote);
            }
        }
    }

    private Scan ScanDelimited(byte delimiter, out int next)
    {
        _textLength = 0;
        _fieldEnds.Clear();
        next = _start;
        while (true)
        {
            var quoted = next < _end && _buffer[next] == format.Quote;
            var scan = quoted ? ScanQuoted(delimiter, ref next) : ScanPlain(delimiter, ref next);
            if (scan is not (Scan.Field or Scan.LastField)) return scan;
            if (_fieldEnds.Count <= FeedLimits.ColumnsMax) _fieldEnds.Add(_textLength);
            if (scan == Scan.LastField) return scan;
        }
    }

    private Scan ScanPlain(byte delimiter, ref int next)
    {
        var rest = _buffer.AsSpan(next, _end - next);
        var length = rest.IndexOfAny(delimiter, (byte)'\n');
        if (length < 0 && !_ended) return Scan.NeedsMore;
        var isLast = length < 0 || rest[length] == '\n';
        var field = length < 0 ? rest : rest[..length];
        next += Math.Min(field.Length + 1, rest.Length);
        Append(isLast && field is [.., (byte)'\r'] ? field[..^1] : field);
        return isLast ? Scan.LastField : Scan.Field;
    }

    private Scan ScanQuoted(byte delimiter, ref int next)
    {
        var quote = format.Quote!.Value;
        while (true)
        {
            next++;
            var length = _buffer.AsSpan(next, _end - next).IndexOf(quote);
            if (length < 0) return _ended ? Scan.UnclosedQuote : Scan.NeedsMore;
            Append(_buffer.AsSpan(next, length));
            next += length + 1;
            if (next == _end && !_ended) return Scan.NeedsMore;
            if (next == _end || _buffer[next] != quote) return AfterQuote(delimiter, ref next);
            Append([quote]);
        }
    }

    private Scan AfterQuote(byte delimiter, ref int next)
    {
        var rest = _buffer.AsSpan(next, _end - next);
        var returns = rest is [(byte)'\r', ..] ? 1 : 0;
        if (returns == 1 && rest.Length == 1 && !_ended) return Scan.NeedsMore;
        if (rest.Length == returns || rest[returns] == '\n')
        {
            next += Math.Min(returns + 1, rest.Length);
            return Scan.LastField;
        }
        if (rest[0] != delimiter) return Scan.TextAfterQuote;
        next++;
        return Scan.Field;
    }

    private Scan ScanBlanks(out int next)
    {
        next = _start;
        var rest = _buffer.AsSpan(_start, _end - _start);
        var length = rest.IndexOf((byte)'\n');
        if (length < 0 && !_ended) return Scan.NeedsMore;
        var line = length < 0 ? rest : rest[..length];
        next += Math.Min(line.Length + 1, rest.Length);
        _textLength = 0;
        _fieldEnds.Clear();
        foreach (var range in line.SplitAny(" \t\r"u8))
        {
            if (line[range].IsEmpty || _fieldEnds.Count > FeedLimits.ColumnsMax) continue;
            Append(line[range]);
            _fieldEnds.Add(_textLength);
        }
        return Scan.LastField;
    }

    private void Append(ReadOnlySpan<byte> part)
    {
        if (_textLength + part.Length > _text.Length)
            Array.Resize(ref _text, Math.Max(_text.Length * 2, _textLength + part.Length));
        part.CopyTo(_text.AsSpan(_textLength));
        _textLength += part.Length;
    }

    private bool IsBlank() => _rawStart == _rawEnd || _fieldEnds.Count == 0;

    private void Take(int next)
    {
        var row = _buffer.AsSpan(_start, next - _start);
        _nextLine += row.Count((byte)'\n');
        _rawStart = _start;
        _rawEnd = _start + row.TrimEnd("\r\n"u8).Length;
        _start = next;
    }

    private RowRead GiveUp(RowRead fault)
    {
        var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
        if (length >= 0)
        {
            Take(_start + length + 1);
            return fault;
        }
        var raw = _buffer.AsSpan(_start, Math.Min(_end - _start, FeedLimits.ReadBytes)).ToArray();
        SkipLine();
        KeepRaw(raw);
        return fault;
    }

    // The line ran on past the buffer, so its beginning is kept where the unread rest cannot overwrite it.
    private void KeepRaw(byte[] raw)
    {
        var rest = _buffer.AsSpan(_start, _end - _start).ToArray();
        _buffer = [.. raw, .. rest];
        (_rawStart, _rawEnd) = (0, raw.Length);
        (_start, _end) = (raw.Length, raw.Length + rest.Length);
    }

    private void SkipLine()
    {
        while (true)
        {
            var length = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                _start += length + 1;
                _nextLine++;
                return;
            }
            _start = _end;
            if (!Fill()) return;
        }
    }

    private bool Fill()
    {
        if (!_ended) _ended = !StreamWindow.Fill(csv, ref _buffer, ref _start, ref _end);
        return !_ended;
    }
}
