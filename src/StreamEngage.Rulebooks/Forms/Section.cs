using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>A map being read: keys are taken one by one, and what nobody took is unknown.</summary>
internal sealed partial class Section
{
    private readonly YamlMapping _map;
    private readonly string _what;
    private readonly ICollection<Problem> _problems;
    private readonly List<string> _known = [];

    private Section(YamlMapping map, string what, ICollection<Problem> problems)
    {
        _map = map;
        _what = what;
        _problems = problems;
    }

    public YamlMapping Map => _map;

    public SourcePosition At => _map.At;

    public ICollection<Problem> Problems => _problems;

    public IReadOnlyList<YamlEntry> Entries => _map.Entries;

    /// <summary>The node as a map; null, with a problem, when it is something else.</summary>
    /// <param name="node">The node.</param>
    /// <param name="what">How messages call it: <c>decide</c>.</param>
    /// <param name="problems">Where problems go.</param>
    public static Section? Of(YamlNode node, string what, ICollection<Problem> problems)
    {
        if (node is YamlMapping map)
            return new Section(map, what, problems);
        problems.Add(new Problem(node.At, Severity.Error, "shape", $"{what} is a map of keys and values, this is {node.Shown}"));
        return null;
    }

    public bool Has(string key) => _map.Entries.Any(e => e.Key.Text == key);

    /// <summary>Where the key stands; the section when it is not there.</summary>
    public SourcePosition KeyAt(string key) => _map.Entries.FirstOrDefault(e => e.Key.Text == key)?.Key.At ?? At;

    /// <summary>The value of a key, which is known from now on; null when it is not there.</summary>
    public YamlNode? Take(string key)
    {
        _known.Add(key);
        return _map.Entries.FirstOrDefault(e => e.Key.Text == key)?.Value;
    }

    /// <summary>A map that must or may be there.</summary>
    public Section? Inner(string key) => Take(key) is { } node ? Of(node, key, _problems) : null;

    /// <summary>Reports a required key that is not there.</summary>
    public void Missing(string key, string expected) => Report(At, "missing-key", $"{_what} needs '{key}': {expected}");

    /// <summary>Reports every key nobody took, with the nearest that could be meant.</summary>
    public void Close()
    {
        foreach (var entry in _map.Entries.Where(e => !_known.Contains(e.Key.Text)))
            Report(entry.Key.At, "unknown-key", $"{_what} has no key '{entry.Key.Text}'{NearestName.Hint(entry.Key.Text, _known)}");
    }

    public void Report(SourcePosition at, string code, string message) =>
        _problems.Add(new Problem(at, Severity.Error, code, message));

    private T? Wrong<T>(YamlNode node, string key, string expected)
    {
        Report(node.At, "shape", $"'{key}' takes {expected}, this is {node.Shown}");
        return default;
    }
}
