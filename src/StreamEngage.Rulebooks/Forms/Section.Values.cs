using System.Globalization;
using System.Text;
using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Forms;

internal sealed partial class Section
{
    /// <summary>A text that says something; null when the key is absent or the value is refused.</summary>
    public YamlScalar? Scalar(string key, string expected)
    {
        if (Take(key) is not { } node)
            return null;
        return node is YamlScalar { IsNothing: false } scalar && !string.IsNullOrWhiteSpace(scalar.Text)
            ? scalar
            : Wrong<YamlScalar>(node, key, expected);
    }

    public string? Text(string key) => Scalar(key, "a text")?.Text;

    /// <summary>A name of bounded length.</summary>
    public string? Name(string key, string expected)
    {
        if (Scalar(key, expected) is not { } scalar)
            return null;
        return IsName(scalar.Text) ? scalar.Text : Wrong<string>(scalar, key, expected);
    }

    /// <summary>Milliseconds from <paramref name="least"/> up.</summary>
    public long? Duration(string key, long least)
    {
        if (Scalar(key, DurationText.Examples) is not { } scalar)
            return null;
        if (DurationText.Parse(scalar.Text) is not { } milliseconds)
            return Wrong<long?>(scalar, key, DurationText.Examples);
        return milliseconds >= least ? milliseconds : Wrong<long?>(scalar, key, $"at least {DurationText.Format(least)}");
    }

    public int? Whole(string key, int least, int most)
    {
        var expected = string.Create(CultureInfo.InvariantCulture, $"a whole number from {least} to {most}");
        if (Scalar(key, expected) is not { } scalar)
            return null;
        var read = int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        return read && number >= least && number <= most ? number : Wrong<int?>(scalar, key, expected);
    }

    public double? Number(string key, double least, double most)
    {
        var expected = double.IsFinite(most) && double.IsFinite(least)
            ? string.Create(CultureInfo.InvariantCulture, $"a number from {least} to {most}")
            : "a number";
        if (Scalar(key, expected) is not { } scalar)
            return null;
        return ParseNumber(scalar.Text) is { } number && number >= least && number <= most
            ? number
            : Wrong<double?>(scalar, key, expected);
    }

    public bool? Flag(string key)
    {
        if (Scalar(key, "true or false") is not { } scalar)
            return null;
        return scalar.Text switch { "true" => true, "false" => false, _ => Wrong<bool?>(scalar, key, "true or false") };
    }

    /// <summary>One of the values of an enumeration, written in snake case.</summary>
    public T? Choice<T>(string key)
        where T : struct, Enum
    {
        var names = Enum.GetValues<T>().ToDictionary(value => SnakeCase(value.ToString()), StringComparer.Ordinal);
        var expected = $"one of {string.Join(", ", names.Keys)}";
        if (Scalar(key, expected) is not { } scalar)
            return null;
        if (names.TryGetValue(scalar.Text, out var found))
            return found;
        Report(scalar.At, "unknown-value", $"'{key}' takes {expected}, this is {scalar.Shown}{Meant(scalar.Text, names.Keys)}");
        return null;
    }

    public Expression? Expression(string key) =>
        Scalar(key, "an expression") is { } scalar ? Expression(scalar) : null;

    public Expression? Expression(YamlScalar scalar)
    {
        var reading = ExpressionParser.Parse(scalar.Source);
        foreach (var problem in reading.Problems)
            _problems.Add(problem);
        return reading.Expression;
    }

    /// <summary>The items of a list; one value alone is a list of one.</summary>
    public IReadOnlyList<YamlNode>? List(string key, int most)
    {
        if (Take(key) is not { } node)
            return null;
        if (node is not YamlSequence list)
            return node is YamlScalar { IsNothing: true } ? Wrong<IReadOnlyList<YamlNode>>(node, key, "a list") : [node];
        if (list.Items.Count <= most)
            return list.Items;
        Report(node.At, "too-many", $"'{key}' may have {most} entries, this has {list.Items.Count}");
        return null;
    }

    /// <summary>A list of different names.</summary>
    public IReadOnlyList<string>? Names(string key)
    {
        if (List(key, RulebookLimits.ListMax) is not { } nodes)
            return null;
        var names = new List<string>();
        foreach (var node in nodes)
        {
            if (node is not YamlScalar { IsNothing: false } scalar || !IsName(scalar.Text))
                Wrong<string>(node, key, "a list of names");
            else if (names.Contains(scalar.Text))
                Report(node.At, "duplicate-name", $"'{scalar.Text}' is already in the list");
            else
                names.Add(scalar.Text);
        }

        return names;
    }

    public static double? ParseNumber(string text)
    {
        const NumberStyles style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(text, style, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;
    }

    public static bool IsName(string text) =>
        text.Length is > 0 and <= RulebookLimits.NameMax && !text.Any(char.IsControl) && text.Trim().Length == text.Length;

    public static bool IsKebabCase(string text) =>
        text.Length is > 0 and <= RulebookLimits.NameMax
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
        && text[0] != '-' && text[^1] != '-' && !text.Contains("--", StringComparison.Ordinal);

    /// <summary>The question at the end of a message when something near exists.</summary>
    public static string Meant(string written, IEnumerable<string> names) =>
        NearestName.Of(written, names) is { } near ? $"; did you mean '{near}'?" : "";

    private static string SnakeCase(string name)
    {
        var text = new StringBuilder();
        foreach (var c in name)
        {
            if (char.IsAsciiLetterUpper(c) && text.Length > 0)
                text.Append('_');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }
}
