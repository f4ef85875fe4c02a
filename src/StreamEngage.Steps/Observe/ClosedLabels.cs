using System.Collections.Frozen;

namespace StreamEngage.Steps.Observe;

/// <summary>Values that a label may have. Whatever else is measured carries <see cref="Other"/>, so that no input makes series.</summary>
internal sealed class ClosedLabels
{
    public const string Other = "other";

    private readonly FrozenDictionary<string, object> _values;

    /// <param name="key">Name of the label.</param>
    /// <param name="values">The list; of a longer one than <paramref name="most"/> the ordinally first are kept, so that all instances keep the same.</param>
    /// <param name="most">Values with series of their own.</param>
    public ClosedLabels(string key, IEnumerable<string> values, int most)
    {
        Key = key;
        _values = values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(most)
            .ToFrozenDictionary(value => value, value => (object)value, StringComparer.Ordinal);
    }

    public string Key { get; }

    /// <summary>Different values there can be, <see cref="Other"/> included.</summary>
    public int Count => _values.Count + 1;

    public KeyValuePair<string, object?> this[string value] => new(Key, _values.GetValueOrDefault(value, Other));

    /// <summary>The names of an enumeration in kebab-case, by their number.</summary>
    public static KeyValuePair<string, object?>[] Of<T>(string key)
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(name => KeyValuePair.Create(key, (object?)Kebab(name)))];

    public static string Kebab(string name) => string.Concat(name.Select((letter, at) =>
        !char.IsAsciiLetterUpper(letter) ? $"{letter}" : at == 0 ? $"{char.ToLowerInvariant(letter)}" : $"-{char.ToLowerInvariant(letter)}"));
}
