using System.Globalization;
using System.Text;

namespace StreamEngage.Rules.Expressions;

/// <summary>Cuts an expression into tokens, one at a time: the parser may go back and read a piece as an event type instead.</summary>
internal sealed class ExpressionLexer(string text)
{
    private const string Symbols = "()[],=<>+-*/";

    /// <summary>Symbols of other languages, with what is written here instead.</summary>
    private static readonly (string Symbol, string Remedy)[] Foreign =
    [
        ("==", "write '=' to compare"),
        ("<>", "write '!=' for not equal"),
        ("&&", "write 'and'"),
        ("||", "write 'or'"),
        ("!", "write 'not', or '!=' for not equal"),
    ];

    public int Position { get; set; }

    public Token Next()
    {
        SkipSpace();
        if (Position >= text.Length)
            return new Token(TokenKind.End, text.Length, text.Length, "");
        var c = text[Position];
        if (char.IsAsciiDigit(c))
            return Number();
        if (c is '"' or '\'')
            return Text(c);
        return IsNameStart(c) ? Word(dashes: false, dots: true) : Symbol();
    }

    /// <summary>An event type or a property where no arithmetic can stand, so that dashes belong to the name; or a string.</summary>
    public Token NextName(bool dots)
    {
        SkipSpace();
        var named = Position < text.Length && (IsNameStart(text[Position]) || char.IsAsciiDigit(text[Position]));
        return named ? Word(dashes: true, dots) : Next();
    }

    /// <summary>True when the text reads back as the same name without quotes.</summary>
    public static bool IsPlainName(string name) =>
        name.Length > 0 && IsNameStart(name[0]) && name.All(c => IsNamePart(c) || c == '-') && !name.EndsWith('-');

    private static bool IsNameStart(char c) => char.IsLetter(c) || c is '_' or '$';

    private static bool IsNamePart(char c) => char.IsLetterOrDigit(c) || c is '_' or '$';

    private void SkipSpace()
    {
        while (Position < text.Length && char.IsWhiteSpace(text[Position]))
            Position++;
    }

    private Token Word(bool dashes, bool dots)
    {
        var start = Position;
        while (Position < text.Length && InWord(dashes, dots))
            Position++;
        return new Token(TokenKind.Word, start, Position, text[start..Position]);
    }

    private bool InWord(bool dashes, bool dots)
    {
        if (IsNamePart(text[Position]))
            return true;
        var joined = (dashes && text[Position] == '-') || (dots && text[Position] == '.');
        return joined && Position + 1 < text.Length && (IsNamePart(text[Position + 1]) || text[Position + 1] == '-');
    }

    private Token Number()
    {
        var start = Position;
        SkipDigits();
        if (Position + 1 < text.Length && text[Position] == '.' && char.IsAsciiDigit(text[Position + 1]))
        {
            Position++;
            SkipDigits();
        }

        var mantissa = text[start..Position];
        SkipExponent();
        var unit = Position;
        while (Position < text.Length && IsNamePart(text[Position]))
            Position++;
        return unit == Position ? PlainNumber(start) : Duration(start, mantissa, text[unit..Position]);
    }

    private void SkipDigits()
    {
        while (Position < text.Length && char.IsAsciiDigit(text[Position]))
            Position++;
    }

    private void SkipExponent()
    {
        if (Position >= text.Length || text[Position] is not ('e' or 'E'))
            return;
        var sign = Position + 1 < text.Length && text[Position + 1] is '+' or '-' ? 1 : 0;
        if (Position + 1 + sign >= text.Length || !char.IsAsciiDigit(text[Position + 1 + sign]))
            return;
        Position += 1 + sign;
        SkipDigits();
    }

    private Token PlainNumber(int start)
    {
        var written = text[start..Position];
        var value = double.Parse(written, NumberStyles.Float, CultureInfo.InvariantCulture);
        return double.IsFinite(value)
            ? new Token(TokenKind.Number, start, Position, written, value)
            : Bad(start, $"the number {written} is too large");
    }

    private Token Duration(int start, string mantissa, string unitName)
    {
        if (DurationText.Unit(unitName) is not { } unit)
            return Bad(start, $"'{text[start..Position]}' has no known unit; write {DurationText.Examples}");
        if (DurationText.Milliseconds(mantissa, unit) is not { } milliseconds)
            return Bad(start, $"'{text[start..Position]}' must be whole milliseconds and at most 100000d");
        return new Token(TokenKind.Duration, start, Position, text[start..Position], milliseconds);
    }

    private Token Text(char quote)
    {
        var start = Position++;
        var content = new StringBuilder();
        while (Position < text.Length && text[Position] != quote)
        {
            if (text[Position] != '\\')
                content.Append(text[Position++]);
            else if (Escape() is { } c)
                content.Append(c);
            else
                return Bad(Position, "unknown escape; write \\\", \\', \\\\, \\/, \\n, \\r, \\t or \\u and four hex digits");
        }

        if (Position >= text.Length)
            return Bad(start, $"a string begins here and never ends; close it with {quote}");
        Position++;
        return new Token(TokenKind.Text, start, Position, content.ToString());
    }

    private char? Escape()
    {
        var c = Position + 1 < text.Length ? text[Position + 1] : '\0';
        if (c == 'u')
            return UnicodeEscape();
        char? meant = c switch { 'n' => '\n', 'r' => '\r', 't' => '\t', '"' or '\'' or '\\' or '/' => c, _ => null };
        Position += meant is null ? 0 : 2;
        return meant;
    }

    private char? UnicodeEscape()
    {
        if (Position + 6 > text.Length
            || !ushort.TryParse(text.AsSpan(Position + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            return null;
        Position += 6;
        return (char)code;
    }

    private Token Symbol()
    {
        var start = Position;
        var two = Position + 2 <= text.Length ? text.Substring(Position, 2) : "";
        if (two is "<=" or ">=" or "!=")
            return Symbol(start, two);
        foreach (var (symbol, remedy) in Foreign)
        {
            if (string.CompareOrdinal(text, start, symbol, 0, symbol.Length) == 0)
                return Bad(start, $"'{symbol}' is not an operator here; {remedy}");
        }

        return Symbols.Contains(text[start], StringComparison.Ordinal)
            ? Symbol(start, text[start].ToString())
            : Bad(start, $"the character '{text[start]}' means nothing here");
    }

    private Token Symbol(int start, string symbol)
    {
        Position = start + symbol.Length;
        return new Token(TokenKind.Symbol, start, Position, symbol);
    }

    private Token Bad(int start, string message)
    {
        Position = text.Length;
        return new Token(TokenKind.Bad, start, Position, message);
    }
}
