using System.Globalization;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Serving.Settings;

/// <summary>Turns what is written into what a property holds.</summary>
internal static class SettingsValue
{
    /// <summary>What stands for a setting that has to be written and is not, so that its section can still be checked.</summary>
    public static object Nothing(Type type) =>
        type == typeof(string) ? ""
        : type == typeof(IReadOnlyList<string>) ? Array.Empty<string>()
        : type == typeof(Uri) ? new Uri("", UriKind.Relative)
        : Activator.CreateInstance(type)!;

    /// <summary>False when the node does not write a value of the type; <paramref name="expected"/> then says what would.</summary>
    public static bool TryRead(YamlNode node, Type type, out object? value, out string expected)
    {
        if (type == typeof(IReadOnlyDictionary<string, string>)) return TryReadMap(node, out value, out expected);
        if (type == typeof(IReadOnlyList<string>)) return TryReadList(node, out value, out expected);
        if (node is YamlScalar scalar) return TryRead(scalar.Text, type, out value, out expected);
        (value, expected) = (null, Expected(type));
        return false;
    }

    /// <summary>The same of a text, as the environment has it; a list's items are parted by commas.</summary>
    public static bool TryRead(string text, Type type, out object? value, out string expected)
    {
        expected = Expected(type);
        value = Parsed(text, type);
        return value is not null;
    }

    private static object? Parsed(string text, Type type)
    {
        var culture = CultureInfo.InvariantCulture;
        if (type == typeof(string)) return text;
        if (type == typeof(Secret)) return new Secret(text);
        if (type == typeof(Uri)) return Uri.TryCreate(text, UriKind.RelativeOrAbsolute, out var address) ? address : null;
        if (type == typeof(int)) return int.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var whole) ? whole : null;
        if (type == typeof(long)) return long.TryParse(text, NumberStyles.AllowLeadingSign, culture, out var large) ? large : null;
        if (type == typeof(double)) return double.TryParse(text, NumberStyles.Float, culture, out var number) && double.IsFinite(number) ? number : null;
        if (type == typeof(bool)) return text switch { "true" => true, "false" => false, _ => null };
        if (type == typeof(TimeSpan)) return DurationText.Parse(text) is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
        if (type == typeof(IReadOnlyList<string>)) return Items(text);
        if (type.IsEnum) return Enum.GetNames(type).FirstOrDefault(name => Written(name) == text) is { } known ? Enum.Parse(type, known) : null;
        throw new NotSupportedException($"A setting of type {type} has no written form.");
    }

    private static string Expected(Type type) => type switch
    {
        _ when type == typeof(int) || type == typeof(long) => "a whole number",
        _ when type == typeof(double) => "a number",
        _ when type == typeof(bool) => "true or false",
        _ when type == typeof(TimeSpan) => DurationText.Examples,
        _ when type == typeof(IReadOnlyList<string>) => "a list of texts",
        _ when type == typeof(IReadOnlyDictionary<string, string>) => "a map of texts",
        _ when type.IsEnum => $"one of {string.Join(", ", Enum.GetNames(type).Select(Written))}",
        _ => "a text",
    };

    /// <summary>A name of an enumeration as it is written: in snake_case.</summary>
    public static string Written(string name) => string.Concat(name.Select((letter, at) =>
        at > 0 && char.IsAsciiLetterUpper(letter) ? $"_{char.ToLowerInvariant(letter)}" : $"{char.ToLowerInvariant(letter)}"));

    private static string[] Items(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static bool TryReadList(YamlNode node, out object? value, out string expected)
    {
        expected = Expected(typeof(IReadOnlyList<string>));
        value = node switch
        {
            YamlSequence list when list.Items.All(item => item is YamlScalar) => list.Items.Select(item => ((YamlScalar)item).Text).ToArray(),
            YamlScalar { IsNothing: false } one => Items(one.Text),
            _ => null,
        };
        return value is not null;
    }

    private static bool TryReadMap(YamlNode node, out object? value, out string expected)
    {
        expected = Expected(typeof(IReadOnlyDictionary<string, string>));
        value = node is YamlMapping map && map.Entries.All(entry => entry.Value is YamlScalar)
            ? map.Entries.ToDictionary(entry => entry.Key.Text, entry => ((YamlScalar)entry.Value).Text, StringComparer.Ordinal)
            : null;
        return value is not null;
    }
}
