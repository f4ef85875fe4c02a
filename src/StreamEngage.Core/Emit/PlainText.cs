using System.Globalization;
using System.Text;

namespace StreamEngage.Emit;

/// <summary>Text that does to a screen nothing but show letters and break lines.</summary>
internal static class PlainText
{
    private const char Ellipsis = '…';

    /// <summary>
    /// Appends <paramref name="text"/> without control characters and without what turns the direction of the text around it.
    /// Every kind of line end becomes one line feed, a tab a space, half of a surrogate pair U+FFFD.
    /// </summary>
    public static void Append(StringBuilder into, ReadOnlySpan<char> text)
    {
        var afterReturn = false;
        foreach (var rune in text.EnumerateRunes())
        {
            var isSecondOfPair = afterReturn && rune.Value == '\n';
            afterReturn = rune.Value == '\r';
            if (isSecondOfPair) continue;
            if (IsLineEnd(rune.Value)) into.Append('\n');
            else if (rune.Value == '\t') into.Append(' ');
            else if (!Rune.IsControl(rune) && !TurnsDirection(rune.Value)) AppendRune(into, rune);
        }
    }

    /// <summary>At most <paramref name="charsMax"/> characters, an ellipsis last where something is left out; no letter is cut apart.</summary>
    /// <param name="text">The text.</param>
    /// <param name="charsMax">At least 1.</param>
    public static string Cut(string text, int charsMax)
    {
        if (text.Length <= charsMax) return text;
        var length = 0;
        while (length < text.Length)
        {
            var next = StringInfo.GetNextTextElementLength(text, length);
            if (length + next > charsMax - 1) break;
            length += next;
        }
        return string.Concat(text.AsSpan(0, length), [Ellipsis]);
    }

    private static void AppendRune(StringBuilder into, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        into.Append(units[..rune.EncodeToUtf16(units)]);
    }

    // CR, LF, VT, FF, NEL and the two separators.
    private static bool IsLineEnd(int rune) => rune is (>= '\n' and <= '\r') or 0x85 or 0x2028 or 0x2029;

    // A name that ends in an override would show the words after it backwards.
    private static bool TurnsDirection(int rune) => rune is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069);
}
