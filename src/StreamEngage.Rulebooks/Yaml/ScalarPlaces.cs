using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Yaml;

/// <summary>Finds each character of a scalar in its file, though the file folds lines and escapes characters.</summary>
/// <remarks>
/// Folding only ever changes white space, so every other character appears in the file in the same order: the two
/// texts are walked side by side, and white space is skipped where they differ in it.
/// </remarks>
internal static class ScalarPlaces
{
    /// <summary>One place for each character and one for the end.</summary>
    public static SourcePosition[] Of(YamlScalar scalar)
    {
        var places = new SourcePosition[scalar.Text.Length + 1];
        var (file, at) = (scalar.File, Beginning(scalar));
        for (var i = 0; i < scalar.Text.Length; i++)
        {
            if (!char.IsWhiteSpace(scalar.Text[i]))
                at = SkipSpace(file.Text, at, scalar.Style);
            places[i] = file.At(at);
            at = Next(file.Text, at, scalar.Text[i], scalar.Style);
        }

        places[scalar.Text.Length] = file.At(at);
        return places;
    }

    private static int Beginning(YamlScalar scalar)
    {
        var (text, start) = (scalar.File.Text, scalar.File.Offset(scalar.At));
        if (scalar.Style == YamlStyle.Plain || start >= text.Length)
            return start;
        if (scalar.Style != YamlStyle.Block)
            return start + 1;
        var lineEnd = text.AsSpan(start).IndexOfAny('\n', '\r');
        return lineEnd < 0 ? text.Length : start + lineEnd + 1;
    }

    private static int SkipSpace(string text, int at, YamlStyle style)
    {
        while (at < text.Length && char.IsWhiteSpace(text[at]))
            at++;
        var continued = style == YamlStyle.DoubleQuoted && at + 1 < text.Length && text[at] == '\\' && text[at + 1] is '\n' or '\r';
        return continued ? SkipSpace(text, at + 1, style) : at;
    }

    private static int Next(string text, int at, char value, YamlStyle style)
    {
        if (at >= text.Length)
            return text.Length;
        var escaped = style == YamlStyle.DoubleQuoted && text[at] == '\\';
        if (char.IsWhiteSpace(value) && !escaped)
            return char.IsWhiteSpace(text[at]) ? at + 1 : at;
        var length = style switch
        {
            YamlStyle.SingleQuoted when value == '\'' => 2,
            YamlStyle.DoubleQuoted when escaped => EscapeLength(text, at),
            _ => 1,
        };
        return Math.Min(at + length, text.Length);
    }

    private static int EscapeLength(string text, int at) => at + 1 >= text.Length ? 1 : text[at + 1] switch
    {
        'x' => 4,
        'u' => 6,
        'U' => 10,
        _ => 2,
    };
}
