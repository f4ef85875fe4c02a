using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace StreamEngage.Host.Feeds;

internal enum TimeForm
{
    Pattern,
    UnixMilliseconds,
    UnixSeconds,
    Rfc3339,
}

/// <summary>An instant drawn from a row.</summary>
/// <param name="Text">Where its text comes from.</param>
/// <param name="Form">How the text says it.</param>
/// <param name="Pattern">A .NET date pattern, for <see cref="TimeForm.Pattern"/>.</param>
/// <param name="OffsetMilliseconds">What the file's clock is ahead of UTC; where the text carries an offset, that one holds.</param>
/// <param name="Step">For files that have an order but no clock: a column whose number times a step is added; or null.</param>
internal sealed record TimeSource(
    TextSource Text, TimeForm Form, string Pattern, long OffsetMilliseconds, TimeStep? Step)
{
    // The years 1 to 9999, which is what the text forms can say.
    private const long UnixMin = -62_135_596_800_000, UnixMax = 253_402_300_799_999;

    public string Described => Form switch
    {
        TimeForm.UnixMilliseconds => "a whole number of milliseconds since 1970",
        TimeForm.UnixSeconds => "a whole number of seconds since 1970",
        TimeForm.Rfc3339 => "an RFC 3339 time",
        _ => $"a time of the form {Pattern}",
    } + (Step is null ? "" : " with a whole step");

    public FieldRead Read(MappedRow row, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        var text = Text.Read(row);
        if (text.IsEmpty) return FieldRead.Blank;
        if (text.Length > FeedLimits.ScalarBytesMax || !TryInstant(text.Trim(" \t"u8), out unixMilliseconds)) return FieldRead.NotOfKind;
        if (Step is null) return FieldRead.Present;
        if (!Step.TryRead(row, out var added)) return FieldRead.NotOfKind;
        unixMilliseconds += added;
        return unixMilliseconds is < UnixMin or > UnixMax ? FieldRead.NotOfKind : FieldRead.Present;
    }

    private bool TryInstant(ReadOnlySpan<byte> text, out long unixMilliseconds) => Form switch
    {
        TimeForm.UnixMilliseconds => TryUnix(text, 1, out unixMilliseconds),
        TimeForm.UnixSeconds => TryUnix(text, 1000, out unixMilliseconds),
        _ => TryCalendar(text, out unixMilliseconds),
    };

    private static bool TryUnix(ReadOnlySpan<byte> text, int unit, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        if (!Utf8Parser.TryParse(text, out long number, out var used) || used != text.Length) return false;
        if (number < UnixMin / unit || number > UnixMax / unit) return false;
        unixMilliseconds = number * unit;
        return true;
    }

    private bool TryCalendar(ReadOnlySpan<byte> text, out long unixMilliseconds)
    {
        unixMilliseconds = 0;
        Span<char> chars = stackalloc char[FeedLimits.ScalarBytesMax];
        if (!Encoding.UTF8.TryGetChars(text, chars, out var length)) return false;
        var said = chars[..length];
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal;
        var parsed = Form == TimeForm.Rfc3339
            ? DateTimeOffset.TryParseExact(said, _rfc3339, CultureInfo.InvariantCulture, styles, out var instant)
            : DateTimeOffset.TryParseExact(said, Pattern, CultureInfo.InvariantCulture, styles, out instant);
        if (!parsed) return false;
        unixMilliseconds = instant.ToUnixTimeMilliseconds() - OffsetMilliseconds;
        return unixMilliseconds is >= UnixMin and <= UnixMax;
    }

    private static readonly string[] _rfc3339 =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK",
    ];
}

/// <summary>Spreads rows that share a date: the number in <paramref name="Column"/> times <paramref name="Milliseconds"/>.</summary>
internal sealed record TimeStep(TextSource Column, long Milliseconds)
{
    private const long StepsMax = 1_000_000_000;

    public bool TryRead(MappedRow row, out long added)
    {
        added = 0;
        var text = Column.Read(row).Trim(" \t"u8);
        if (!Utf8Parser.TryParse(text, out long steps, out var used) || used != text.Length) return false;
        if (steps is < 0 or > StepsMax) return false;
        added = steps * Milliseconds;
        return true;
    }
}
