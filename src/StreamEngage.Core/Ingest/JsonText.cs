using System.Text;
using System.Text.Json;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>The bytes of one JSON line inside a batch, and how a token of it becomes a text without copying.</summary>
internal readonly struct JsonText(byte[] owner, int offset, int length, EventBatch batch)
{
    public ReadOnlySpan<byte> Span => owner.AsSpan(offset, length);

    public EventBatch Batch => batch;

    public JsonText Slice(Range range)
    {
        var (start, count) = range.GetOffsetAndLength(length);
        return new(owner, offset + start, count, batch);
    }

    /// <summary>The current string or number token; an escaped string is unescaped into the batch.</summary>
    public Utf8Text TextOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped) return Unescape(ref reader);
        var quote = reader.TokenType == JsonTokenType.Number ? 0 : 1;
        return new(owner, offset + (int)reader.TokenStartIndex + quote, reader.ValueSpan.Length);
    }

    private Utf8Text Unescape(ref Utf8JsonReader reader)
    {
        var (copy, at) = batch.ReserveText(reader.ValueSpan.Length);
        return new(copy, at, reader.CopyString(copy.AsSpan(at, reader.ValueSpan.Length)));
    }
}

/// <summary>Reads an instant: whole milliseconds, or RFC 3339 with a zone; fractions of a millisecond are cut off.</summary>
internal static class JsonTime
{
    public static bool TryRead(ref Utf8JsonReader reader, out EventTime at)
    {
        at = default;
        if (reader.TokenType == JsonTokenType.Number)
        {
            if (!reader.TryGetInt64(out var milliseconds)) return false;
            at = new(milliseconds);
        }
        else if (reader.TokenType != JsonTokenType.String || !TryRfc3339(ref reader, out at))
        {
            return false;
        }
        return at.UnixMilliseconds is >= 0 and <= Limits.EventTimeMax;
    }

    private static bool TryRfc3339(ref Utf8JsonReader reader, out EventTime at)
    {
        at = default;
        if (reader.ValueIsEscaped || reader.ValueSpan.Length is < 20 or > 40) return false;
        var zone = reader.ValueSpan[^1] is (byte)'Z' or (byte)'z' || reader.ValueSpan[^6] is (byte)'+' or (byte)'-';
        if (!zone || !(reader.TryGetDateTimeOffset(out var instant) || TryLowerCase(reader.ValueSpan, out instant))) return false;
        at = new(instant.ToUnixTimeMilliseconds());
        return true;
    }

    // RFC 3339 lets its two letters be small; the platform's reader does not.
    private static bool TryLowerCase(ReadOnlySpan<byte> text, out DateTimeOffset instant)
    {
        instant = default;
        if (text[10] != 't' && text[^1] != 'z') return false;
        Span<byte> quoted = stackalloc byte[text.Length + 2];
        Ascii.ToUpper(text, quoted[1..^1], out _);
        quoted[0] = quoted[^1] = (byte)'"';
        var reader = new Utf8JsonReader(quoted);
        return reader.Read() && reader.TryGetDateTimeOffset(out instant);
    }
}

/// <summary>Escapes of half a character, such as a lone <c>\ud83d</c>: JSON's grammar lets them stand, but they are no text.</summary>
internal static class JsonEscapes
{
    private const int EscapeBytes = 6;

    private enum Half { None, High, Low }

    /// <summary>False where an escape stands for half a character; the line would then read differently to every reader.</summary>
    public static bool AreCharacters(ReadOnlySpan<byte> json)
    {
        for (var at = json.IndexOf((byte)'\\'); at >= 0; at = json.IndexOf((byte)'\\'))
        {
            json = json[at..];
            var half = HalfAt(json);
            var isPair = half == Half.High && HalfAt(json[EscapeBytes..]) == Half.Low;
            if (half != Half.None && !isPair) return false;
            // The byte after a backslash may be another one, which then begins no escape.
            json = json[(isPair ? 2 * EscapeBytes : Math.Min(2, json.Length))..];
        }
        return true;
    }

    private static Half HalfAt(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < EscapeBytes || escape[0] != '\\' || escape[1] != 'u' || (escape[2] | 0x20) != 'd') return Half.None;
        return (escape[3] | 0x20) switch
        {
            '8' or '9' or 'a' or 'b' => Half.High,
            >= 'c' and <= 'f' => Half.Low,
            _ => Half.None,
        };
    }
}
