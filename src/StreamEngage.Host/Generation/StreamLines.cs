using System.Buffers;

namespace StreamEngage.Host.Generation;

/// <summary>Lines gathered in one buffer and written to a stream when it is full.</summary>
internal sealed class StreamLines(Stream stream) : IBufferWriter<byte>, IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly byte[] _buffer = new byte[BufferBytes];
    private int _used;

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_used + Math.Max(sizeHint, 1) > _buffer.Length) Flush();
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        if (_used + Math.Max(sizeHint, 1) > _buffer.Length) Flush();
        return _buffer.AsSpan(_used);
    }

    public void Flush()
    {
        stream.Write(_buffer, 0, _used);
        _used = 0;
        stream.Flush();
    }

    public void Dispose()
    {
        Flush();
        stream.Dispose();
    }
}
