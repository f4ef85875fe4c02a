using System.Globalization;

namespace StreamEngage.Rules.Expressions;

/// <summary>Durations as people write them: <c>500ms 90s 30m 12h 7d</c>.</summary>
internal static class DurationText
{
    /// <summary>What a message says a duration looks like.</summary>
    public const string Examples = "a duration such as 500ms, 90s, 30m, 12h or 7d";

    /// <summary>Milliseconds of a number and its unit; null when the text is not exactly that, not whole milliseconds, or too long.</summary>
    public static long? Parse(string text)
    {
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] == '.'))
            digits++;
        return digits > 0 && Unit(text[digits..]) is { } unit ? Milliseconds(text[..digits], unit) : null;
    }

    /// <summary>Milliseconds of <paramref name="number"/> units; null when out of range or not whole.</summary>
    public static long? Milliseconds(string number, long unit)
    {
        const NumberStyles plain = NumberStyles.AllowDecimalPoint;
        if (number.Length > 20 || !decimal.TryParse(number, plain, CultureInfo.InvariantCulture, out var value))
            return null;
        if (value > ExpressionLimits.DurationMax / unit || value * unit != decimal.Truncate(value * unit))
            return null;
        return (long)(value * unit);
    }

    /// <summary>Milliseconds of a unit; null when there is no such unit.</summary>
    public static long? Unit(string name) => name switch
    {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => null,
    };

    /// <summary>The shortest text of a duration, for messages: <c>90s</c>, <c>2h</c>.</summary>
    public static string Format(long milliseconds)
    {
        foreach (var name in new[] { "d", "h", "m", "s" })
        {
            if (milliseconds != 0 && milliseconds % Unit(name)!.Value == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / Unit(name)!.Value}{name}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}
