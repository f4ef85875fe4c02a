namespace StreamEngage.Host.Feeds;

/// <summary>
/// The lines of a stream, read in blocks: LF or CRLF, a last line without an end, a BOM at the start; empty lines are passed over.
/// A line longer than an event may be is given as a fault and read over, so that it costs no memory.
/// </summary>
internal sealed class EventLines(Stream bytes) : EventFeed
{
    private static readonly RowFault _tooLong = new("too-large", $"longer than {Limits.EventBytesMax} bytes");

    // The window on the stream: [_start, _end) is read and not yet consumed.
    private byte[] _buffer = new byte[FeedLimits.LineReadBytes];
    private int _start;
    private int _end;
    private bool _ended;
    private long _line;

    public override bool TryReadNext(out FeedRow row)
    {
        if (_line == 0) PassOverMark();
        while (TryTake(out row))
            if (!row.Raw.IsEmpty) return true;
        return false;
    }

    public override void Dispose() => bytes.Dispose();

    private void PassOverMark()
    {
        while (_end < 3 && Fill())
        {
        }
        if (_buffer.AsSpan(0, _end).StartsWith("\uFEFF"u8)) _start = 3;
    }

    private bool TryTake(out FeedRow row)
    {
        var scanned = 0;
        while (true)
        {
            var length = _buffer.AsSpan(_start + scanned, _end - _start - scanned).IndexOf((byte)'\n');
            if (length >= 0) return Take(scanned + length, scanned + length + 1, out row);
            scanned = _end - _start;
            // One more than the bound may still be the return of its CRLF.
            if (scanned > Limits.EventBytesMax + 1) return GiveUp(out row);
            if (Fill()) continue;
            row = default;
            return scanned > 0 && Take(scanned, scanned, out row);
        }
    }

    private bool Take(int length, int consumed, out FeedRow row)
    {
        var line = _buffer.AsMemory(_start, length);
        if (line.Span is [.., (byte)'\r']) line = line[..^1];
        _start += consumed;
        row = new(++_line, line, line, null);
        return true;
    }

    private bool GiveUp(out FeedRow row)
    {
        var begin = _buffer.AsSpan(_start, FeedLimits.ShownBytesMax + 1).ToArray();
        int length;
        do
        {
            _start = _end;
            length = Fill() ? _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n') : 0;
        }
        while (length < 0);
        _start = Math.Min(_start + length + 1, _end);
        row = new(++_line, default, begin, _tooLong);
        return true;
    }

    private bool Fill()
    {
        if (!_ended) _ended = !StreamWindow.Fill(bytes, ref _buffer, ref _start, ref _end);
        return !_ended;
    }
}
