namespace StreamEngage.Ingest.Avro;

// A stream with a position and a window on what comes next, so that bytes can be looked at, and looked at again, before they are passed.
internal sealed class AvroFileSource(Stream stream)
{
    private const int _windowBytes = 64 * 1024;

    private byte[] _window = new byte[_windowBytes];
    private int _start;
    private int _end;

    // Of the first byte that is not passed.
    public long Position { get; private set; }

    // What has been read and not passed; valid until more is read.
    public ReadOnlyMemory<byte> Ahead => _window.AsMemory(_start, _end - _start);

    // The window grows with what arrives: a length that lies costs no more memory than the file has bytes.
    public bool Has(int bytes)
    {
        while (_end - _start < bytes)
            if (!Fill()) return false;
        return true;
    }

    public void Pass(int bytes)
    {
        _start += bytes;
        Position += bytes;
    }

    public MemoryStream ToStream(int offset, int bytes) => new(_window, _start + offset, bytes, writable: false);

    public AvroStatus ReadLong(out long value)
    {
        Has(AvroLimits.LongBytesMax);
        var input = new AvroInput(Ahead.Span);
        if (input.TryLong(out value)) Pass(input.Position);
        return input.Status;
    }

    public bool TryRead(Span<byte> target)
    {
        if (!Has(target.Length)) return false;
        Ahead.Span[..target.Length].CopyTo(target);
        Pass(target.Length);
        return true;
    }

    // Passes the next place where a marker stands; without one, everything that cannot be the begin of one.
    public bool TryPassBehind(ReadOnlySpan<byte> marker)
    {
        while (Has(marker.Length))
        {
            var at = Ahead.Span.IndexOf(marker);
            Pass(at < 0 ? Ahead.Length - marker.Length + 1 : at + marker.Length);
            if (at >= 0) return true;
        }

        return false;
    }

    private bool Fill()
    {
        if (_end == _window.Length) MakeRoom();
        var read = stream.Read(_window, _end, _window.Length - _end);
        _end += read;
        return read > 0;
    }

    // Doubled where more than half is ahead, so that no byte is moved often however small the steps are.
    private void MakeRoom()
    {
        var ahead = Ahead;
        if (ahead.Length > _window.Length / 2) _window = new byte[_window.Length * 2];
        ahead.CopyTo(_window);
        (_start, _end) = (0, ahead.Length);
    }
}

// A reused buffer that grows by doubling.
internal sealed class AvroBlock
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Length);

    public void Clear() => Length = 0;

    public Span<byte> Append(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void Shorten(int count) => Length -= count;
}
