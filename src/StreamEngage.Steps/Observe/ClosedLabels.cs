using System.Collections.Frozen;

namespace StreamEngage.Steps.Observe;

/// <summary>Values that a label may have. Whatever else is measured carries <see cref="Other"/>, so that no input makes series.</summary>
internal sealed class ClosedLabels
{
    public const string Other = "other";

    private readonly Lock _gate = new();
    private readonly int _most;
    private volatile FrozenDictionary<string, object> _values = FrozenDictionary<string, object>.Empty;

    /// <param name="key">Name of the label.</param>
    /// <param name="values">The list; of a longer one than <paramref name="most"/> the ordinally first are kept, so that all instances keep the same.</param>
    /// <param name="most">Values with series of their own.</param>
    public ClosedLabels(string key, IEnumerable<string> values, int most)
    {
        (Key, _most) = (key, most);
        Add(values);
    }

    public string Key { get; }

    /// <summary>Different values there can be, <see cref="Other"/> included.</summary>
    public int Count => _values.Count + 1;

    public KeyValuePair<string, object?> this[string value] => new(Key, _values.GetValueOrDefault(value, Other));

    /// <summary>
    /// Values that the list has from now on. None is ever taken off it, for its series goes on; new ones take the places that are left, the ordinally first
    /// of them first.
    /// </summary>
    public void Add(IEnumerable<string> values)
    {
        lock (_gate)
        {
            var added = values.Where(value => !_values.ContainsKey(value)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
                .Take(_most - _values.Count).ToList();
            if (added.Count > 0) _values = _values.Keys.Concat(added).ToFrozenDictionary(value => value, value => (object)value, StringComparer.Ordinal);
        }
    }

    /// <summary>The names of an enumeration in kebab-case, by their number.</summary>
    public static KeyValuePair<string, object?>[] Of<T>(string key)
        where T : struct, Enum =>
        [.. Enum.GetNames<T>().Select(name => KeyValuePair.Create(key, (object?)Kebab(name)))];

    public static string Kebab(string name) => string.Concat(name.Select((letter, at) =>
        !char.IsAsciiLetterUpper(letter) ? $"{letter}" : at == 0 ? $"{char.ToLowerInvariant(letter)}" : $"-{char.ToLowerInvariant(letter)}"));
}
