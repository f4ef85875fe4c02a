using System.Buffers;
using System.Buffers.Text;

namespace StreamEngage.Host.Feeds;

/// <summary>Bytes composed anew for each field, in one reused buffer.</summary>
internal sealed class Scratch
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void ResetWrittenCount() => _bytes.ResetWrittenCount();

    public void Write(ReadOnlySpan<byte> text) => _bytes.Write(text);

    public void Write(long number)
    {
        Utf8Formatter.TryFormat(number, _bytes.GetSpan(32), out var written);
        _bytes.Advance(written);
    }

    public ReadOnlySpan<byte> Only(double number)
    {
        ResetWrittenCount();
        Utf8Formatter.TryFormat(number, _bytes.GetSpan(64), out var written);
        _bytes.Advance(written);
        return Written;
    }

    public ReadOnlySpan<byte> Only(decimal number)
    {
        ResetWrittenCount();
        Utf8Formatter.TryFormat(number, _bytes.GetSpan(64), out var written);
        _bytes.Advance(written);
        return Written;
    }
}
