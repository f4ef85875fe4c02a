using StreamEngage.Rules;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace StreamEngage.Rulebooks.Yaml;

/// <summary>
/// Reads one YAML document into nodes that know their places. Anchors, aliases and tags are refused: a rulebook means
/// what is written where it is written, and nothing can grow when it is read.
/// </summary>
internal sealed class YamlTree
{
    private readonly YamlFile _file;
    private readonly ICollection<Problem> _problems;
    private readonly Parser _events;
    private int _depth;

    private YamlTree(YamlFile file, ICollection<Problem> problems)
    {
        _file = file;
        _problems = problems;
        _events = new Parser(new StringReader(file.Text));
    }

    /// <summary>The only document of the file; null when it cannot be read or there is none, with the reason among the problems.</summary>
    public static YamlNode? Read(YamlFile file, ICollection<Problem> problems)
    {
        try
        {
            return new YamlTree(file, problems).Document();
        }
        catch (YamlException refused)
        {
            problems.Add(new Problem(Place(file, refused.Start), Severity.Error, "yaml", $"this is not YAML: {OneLine(refused.Message)}"));
        }
        catch (Exception broken) when (broken is ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // The scanner has corners in which malformed text escapes as one of these instead of a YamlException.
            problems.Add(new Problem(file.Start, Severity.Error, "yaml", $"this is not YAML: {OneLine(broken.Message)}"));
        }

        return null;
    }

    private static SourcePosition Place(YamlFile file, Mark mark) =>
        new(file.Name, (int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));

    private static string OneLine(string message) => message.ReplaceLineEndings(" ").Trim();

    private YamlNode? Document()
    {
        while (Next() is StreamStart or DocumentStart)
        {
        }

        if (_events.Current is StreamEnd or DocumentEnd or null)
            return Refuse(_file.Start, "empty", "the file is empty");
        var root = Node();
        if (root is null)
            return null;
        while (Next() is DocumentEnd)
        {
        }

        return _events.Current is DocumentStart second
            ? Refuse(Place(_file, second.Start), "yaml", "a file holds one document; put the second one into a file of its own")
            : root;
    }

    private ParsingEvent? Next() => _events.MoveNext() ? _events.Current : null;

    private YamlNode? Node()
    {
        var at = Place(_file, _events.Current!.Start);
        if (_events.Current is AnchorAlias || _events.Current is NodeEvent { Anchor.IsEmpty: false })
            return Refuse(at, "yaml", "anchors and aliases are not used here; write the value out");
        if (_events.Current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } })
            return Refuse(at, "yaml", "tags are not used here; leave it out");
        return _events.Current switch
        {
            Scalar scalar => Read(scalar, at),
            SequenceStart => Nested(at, Sequence),
            MappingStart => Nested(at, Mapping),
            _ => Refuse(at, "yaml", "a value is expected here"),
        };
    }

    private YamlScalar Read(Scalar scalar, SourcePosition at) => new(at, scalar.Value, scalar.Style switch
    {
        ScalarStyle.SingleQuoted => YamlStyle.SingleQuoted,
        ScalarStyle.DoubleQuoted => YamlStyle.DoubleQuoted,
        ScalarStyle.Literal or ScalarStyle.Folded => YamlStyle.Block,
        _ => YamlStyle.Plain,
    }, _file);

    private YamlNode? Nested(SourcePosition at, Func<SourcePosition, YamlNode?> read)
    {
        if (_depth >= RulebookLimits.YamlDepthMax)
            return Refuse(at, "too-deep", $"lists and maps may nest {RulebookLimits.YamlDepthMax} deep");
        _depth++;
        var node = read(at);
        _depth--;
        return node;
    }

    private YamlSequence? Sequence(SourcePosition at)
    {
        var items = new List<YamlNode>();
        while (Next() is not (SequenceEnd or null))
        {
            if (Node() is not { } item)
                return null;
            items.Add(item);
        }

        return new YamlSequence(at, items);
    }

    private YamlMapping? Mapping(SourcePosition at)
    {
        var entries = new List<YamlEntry>();
        var keys = new Dictionary<string, SourcePosition>(StringComparer.Ordinal);
        while (Next() is not (MappingEnd or null))
        {
            if (Key() is not { } key || Next() is null || Node() is not { } value)
                return null;
            if (keys.TryAdd(key.Text, key.At))
                entries.Add(new YamlEntry(key, value));
            else
                Refuse(key.At, "duplicate-key", $"'{key.Text}' is already written in line {keys[key.Text].Line}");
        }

        return new YamlMapping(at, entries);
    }

    private YamlScalar? Key()
    {
        var at = Place(_file, _events.Current!.Start);
        if (Node() is not { } node)
            return null;
        if (node is YamlScalar key)
            return key;
        Refuse(at, "yaml", "a key is one word or a string");
        return null;
    }

    private YamlNode? Refuse(SourcePosition at, string code, string message)
    {
        _problems.Add(new Problem(at, Severity.Error, code, message));
        return null;
    }
}
