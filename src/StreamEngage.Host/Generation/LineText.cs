using System.Buffers.Text;
using System.Diagnostics;

namespace StreamEngage.Host.Generation;

/// <summary>Text formatted straight into a line's bytes.</summary>
internal ref struct LineText(Span<byte> bytes)
{
    private readonly Span<byte> _bytes = bytes;

    public int Length { get; private set; }

    public void Add(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_bytes[Length..]);
        Length += text.Length;
    }

    public void Add(long number)
    {
        var fits = Utf8Formatter.TryFormat(number, _bytes[Length..], out var written);
        Debug.Assert(fits, "a line is longer than its bound");
        Length += written;
    }

    /// <summary>At least <paramref name="digits"/> digits, zeros in front.</summary>
    public void AddPadded(int number, int digits)
    {
        for (var (place, power) = (1, 10); place < digits; place++, power *= 10)
            if (number < power) _bytes[Length++] = (byte)'0';
        Add(number);
    }

    /// <summary>Hundredths with two decimals.</summary>
    public void AddCents(int cents)
    {
        var (whole, rest) = Math.DivRem(cents, 100);
        Add(whole);
        _bytes[Length] = (byte)'.';
        _bytes[Length + 1] = (byte)('0' + rest / 10);
        _bytes[Length + 2] = (byte)('0' + rest % 10);
        Length += 3;
    }
}
