using System.Buffers;

namespace StreamEngage.Host.Runs;

/// <summary>Lines gathered in a buffer that takes the longest of them, written to a stream in blocks.</summary>
internal sealed class OutputLines(string path, Stream stream) : IDisposable
{
    private const int BlockBytes = 128 * 1024;

    private readonly ArrayBufferWriter<byte> _buffer = new(2 * BlockBytes);

    public string Path => path;

    /// <summary>Takes whole lines, ends included.</summary>
    public IBufferWriter<byte> Buffer => _buffer;

    /// <summary>To be called after each line.</summary>
    public void EndLine()
    {
        if (_buffer.WrittenCount >= BlockBytes) Write();
    }

    public void Flush()
    {
        Write();
        stream.Flush();
    }

    public void Dispose() => stream.Dispose();

    private void Write()
    {
        stream.Write(_buffer.WrittenSpan);
        _buffer.ResetWrittenCount();
    }
}
