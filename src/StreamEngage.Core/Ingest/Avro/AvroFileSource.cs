namespace StreamEngage.Ingest.Avro;

// A stream with a position and one small buffer; whatever takes memory is read piece by piece, as it really arrives.
internal sealed class AvroFileSource(Stream stream)
{
    private const int _pieceBytes = 64 * 1024;

    private readonly byte[] _piece = new byte[_pieceBytes];
    private int _at;
    private int _filled;

    public long Position { get; private set; }

    public bool HasMore()
    {
        if (_at < _filled) return true;
        _at = 0;
        _filled = stream.Read(_piece);
        return _filled > 0;
    }

    public AvroStatus ReadLong(out long value)
    {
        value = 0;
        Span<byte> bytes = stackalloc byte[AvroLimits.LongBytesMax];
        for (var i = 0; i < bytes.Length; i++)
        {
            if (!TryRead(bytes.Slice(i, 1))) return AvroStatus.Truncated;
            if (bytes[i] >= 0x80) continue;
            var input = new AvroInput(bytes[..(i + 1)]);
            input.TryLong(out value);
            return input.Status;
        }

        return AvroStatus.NumberTooLong;
    }

    public bool TryRead(Span<byte> target)
    {
        while (target.Length > 0)
        {
            if (!HasMore()) return false;
            var taken = Math.Min(target.Length, _filled - _at);
            _piece.AsSpan(_at, taken).CopyTo(target);
            _at += taken;
            Position += taken;
            target = target[taken..];
        }

        return true;
    }

    // Grows with what arrives: a length that lies costs no more memory than the file has bytes.
    public bool TryRead(AvroBlock target, int bytes)
    {
        target.Clear();
        while (bytes > 0)
        {
            var taken = Math.Min(bytes, _pieceBytes);
            if (!TryRead(target.Append(taken))) return false;
            bytes -= taken;
        }

        return true;
    }
}

// A reused buffer that grows by doubling.
internal sealed class AvroBlock
{
    private byte[] _bytes = [];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public Span<byte> Append(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, Length + count));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void Shorten(int count) => Length -= count;

    public MemoryStream ToStream() => new(_bytes, 0, Length, writable: false);
}
