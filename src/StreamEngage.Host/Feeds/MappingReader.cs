using System.Text;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using YamlDotNet.RepresentationModel;

namespace StreamEngage.Host.Feeds;

/// <summary>Turns the YAML of a mapping file into a <see cref="CsvMapping"/>, collecting what is wrong on the way.</summary>
internal sealed class MappingReader(string file)
{
    private readonly List<Problem> _problems = [];
    private readonly List<(string Name, SourcePosition At)> _columns = [];

    public IReadOnlyList<Problem> Problems => _problems;

    /// <summary>The mapping; not to be used when there are <see cref="Problems"/>.</summary>
    public CsvMapping Read(YamlNode root)
    {
        var keys = Keys(root, "the mapping", "format", "columns", "skip_lines", "id", "user", "type", "at", "session",
            "anonymous", "source", "sent", "props", "where", "sort");
        foreach (var required in (string[])["id", "user", "type", "at"])
            if (!keys.ContainsKey(required)) Report(root, "missing-key", $"the mapping has no '{required}'");
        var format = Format(keys.GetValueOrDefault("format"), keys.GetValueOrDefault("skip_lines"), out var encoding, out var hasHeader);
        return new CsvMapping
        {
            Format = format,
            Encoding = encoding,
            Names = Names(root, keys.GetValueOrDefault("columns"), hasHeader),
            Id = Value(keys.GetValueOrDefault("id")),
            User = Value(keys.GetValueOrDefault("user")),
            Type = Value(keys.GetValueOrDefault("type")),
            At = Time(keys.GetValueOrDefault("at")),
            Sent = keys.TryGetValue("sent", out var sent) ? Time(sent) : null,
            Optional = [.. Optional(keys)],
            Props = [.. Props(keys.GetValueOrDefault("props"))],
            Where = [.. Where(keys.GetValueOrDefault("where"))],
            Sort = Boolean(keys.GetValueOrDefault("sort"), otherwise: false),
            Columns = _columns,
        };
    }

    private CsvFormat Format(YamlNode? node, YamlNode? skipLines, out string encoding, out bool hasHeader)
    {
        var keys = Keys(node, "format", "delimiter", "header", "quote", "encoding");
        var delimiter = Text(keys.GetValueOrDefault("delimiter")) switch
        {
            null => ",",
            "tab" => "\t",
            var written => written,
        };
        var isBlanks = delimiter == "whitespace";
        var quote = Text(keys.GetValueOrDefault("quote")) ?? (isBlanks ? "" : "\"");
        encoding = OneOf(keys.GetValueOrDefault("encoding"), "utf-8", "utf-8", "latin1", "utf-16");
        hasHeader = Boolean(keys.GetValueOrDefault("header"), otherwise: true);
        return new CsvFormat(
            isBlanks ? null : AsciiByte(delimiter, node, "one ASCII character, 'tab' or 'whitespace'"),
            quote.Length == 0 ? null : AsciiByte(quote, node, "one ASCII character, or \"\" for none"),
            (int)Whole(skipLines, otherwise: 0, max: 1_000_000));
    }

    private byte? AsciiByte(string written, YamlNode? node, string expected)
    {
        if (written.Length == 1 && char.IsAscii(written[0]) && written[0] is not ('\n' or '\r')) return (byte)written[0];
        Report(node, "bad-value", $"'{written}' is not {expected}");
        return null;
    }

    private List<string>? Names(YamlNode root, YamlNode? node, bool hasHeader)
    {
        if (node is null && !hasHeader) Report(root, "missing-key", "a file without a header needs 'columns: [names]'");
        if (node is null) return null;
        if (hasHeader) Report(node, "bad-value", "'columns' is for a file without a header; say 'format: {header: false}'");
        return Items(node).ConvertAll(item => Text(item) ?? "");
    }

    private List<(byte[], ValueSource)> Optional(Dictionary<string, YamlNode> keys)
    {
        var optional = new List<(byte[], ValueSource)>();
        foreach (var name in (string[])["session", "anonymous", "source"])
            if (keys.TryGetValue(name, out var node)) optional.Add((Encoding.UTF8.GetBytes(name), Value(node)));
        return optional;
    }

    private List<(byte[], ValueSource)> Props(YamlNode? node)
    {
        var props = new List<(byte[], ValueSource)>();
        foreach (var (name, value) in Entries(node, "props")) props.Add((Encoding.UTF8.GetBytes(name), Value(value)));
        return props;
    }

    private List<RowCondition> Where(YamlNode? node)
    {
        var conditions = new List<RowCondition>();
        foreach (var (name, value) in Entries(node, "where"))
        {
            var wanted = value is YamlSequenceNode ? Items(value).ConvertAll(item => Text(item) ?? "") : [Text(value) ?? ""];
            var word = value is YamlScalarNode ? wanted[0] : "";
            var oneOf = word is "present" or "absent" ? [] : wanted.ConvertAll(Encoding.UTF8.GetBytes);
            conditions.Add(new RowCondition(Source(name, value), word == "absent", [.. oneOf]));
        }
        return conditions;
    }

    private TimeSource Time(YamlNode? node)
    {
        var keys = node is YamlMappingNode ? Keys(node, "a time", "column", "constant", "format", "utc_offset", "step") : [];
        var text = node is YamlMappingNode ? ColumnOrConstant(node, keys) : Source(Text(node) ?? "", node);
        var pattern = Text(keys.GetValueOrDefault("format")) ?? "rfc3339";
        var form = pattern switch
        {
            "unix_ms" => TimeForm.UnixMilliseconds,
            "unix_s" => TimeForm.UnixSeconds,
            "rfc3339" => TimeForm.Rfc3339,
            _ => TimeForm.Pattern,
        };
        if (form == TimeForm.Pattern && !MappingScalars.IsPattern(pattern))
            Report(keys["format"], "bad-value", $"'{pattern}' is not unix_ms, unix_s, rfc3339 or a pattern such as yyyy-MM-dd HH:mm:ss" +
                NearestName.Hint(pattern, ["unix_ms", "unix_s", "rfc3339"]));
        return new TimeSource(text, form, pattern, Offset(keys.GetValueOrDefault("utc_offset")), Step(keys.GetValueOrDefault("step")));
    }

    private TimeStep? Step(YamlNode? node)
    {
        if (node is null) return null;
        var keys = Keys(node, "step", "column", "of");
        var column = Source(Text(Required(node, keys, "column")) ?? "", node);
        var of = Text(Required(node, keys, "of")) ?? "";
        if (!MappingScalars.TryDuration(of, out var milliseconds))
            Report(node, "bad-value", $"'{of}' is not a duration such as 500ms, 10s, 5m, 1h or 1d");
        return new TimeStep(column, milliseconds);
    }

    private long Offset(YamlNode? node)
    {
        if (node is null) return 0;
        if (MappingScalars.TryOffset(Text(node) ?? "", out var milliseconds)) return milliseconds;
        Report(node, "bad-value", $"'{Text(node)}' is not an offset such as \"+09:00\"");
        return 0;
    }

    private ValueSource Value(YamlNode? node)
    {
        if (node is not YamlMappingNode) return new ValueSource(Source(Text(node) ?? "", node), ValueKind.Text, null, null);
        var keys = Keys(node, "a value", "column", "constant", "product", "as", "values", "default");
        var kind = OneOf(keys.GetValueOrDefault("as"), "text", "text", "number", "integer", "boolean");
        if (keys.TryGetValue("product", out var product)) return Product(product);
        return new ValueSource(ColumnOrConstant(node, keys), Enum.Parse<ValueKind>(kind, ignoreCase: true), Table(keys), null);
    }

    private TextSource ColumnOrConstant(YamlNode node, Dictionary<string, YamlNode> keys) =>
        keys.TryGetValue("constant", out var constant)
            ? new TextSource([new TextPart(Encoding.UTF8.GetBytes(Text(constant) ?? ""), null)])
            : Source(Text(Required(node, keys, "column")) ?? "", node);

    private ValueSource Product(YamlNode node)
    {
        var factors = Items(node).ConvertAll(item => Source(Text(item) ?? "", item));
        if (factors.Count is < 1 or > 8) Report(node, "bad-value", "a product takes 1 to 8 columns, as in [quantity, price]");
        return new ValueSource(factors.Count > 0 ? factors[0] : new TextSource([]), ValueKind.Number, null, [.. factors]);
    }

    private ValueTable? Table(Dictionary<string, YamlNode> keys)
    {
        var otherwise = keys.TryGetValue("default", out var node) ? Encoding.UTF8.GetBytes(Text(node) ?? "") : null;
        var exact = new List<(byte[], byte[])>();
        var prefixes = new List<(byte[], byte[])>();
        foreach (var (from, to) in Entries(keys.GetValueOrDefault("values"), "values"))
            (from.EndsWith('*') ? prefixes : exact).Add((Encoding.UTF8.GetBytes(from.TrimEnd('*')), Encoding.UTF8.GetBytes(Text(to) ?? "")));
        return exact.Count + prefixes.Count == 0 && otherwise is null ? null : new ValueTable([.. exact], [.. prefixes], otherwise);
    }

    // A name without braces is a column; with braces it is a template of columns, {row} being the number of the row.
    private TextSource Source(string written, YamlNode? node)
    {
        if (!written.Contains('{')) return new TextSource([new TextPart(null, Column(written, node))]);
        var parts = new List<TextPart>();
        for (var from = 0; from < written.Length;)
        {
            var open = written.IndexOf('{', from);
            var close = open < 0 ? -1 : written.IndexOf('}', open);
            if (open >= 0 && close < 0) Report(node, "bad-value", $"'{written}' opens a brace it never closes");
            var literal = written[from..(close < 0 ? written.Length : open)];
            if (literal.Length > 0) parts.Add(new TextPart(Encoding.UTF8.GetBytes(literal), null));
            if (close < 0) break;
            var name = written[(open + 1)..close];
            parts.Add(name == "row" ? TextPart.RowNumber : new TextPart(null, Column(name, node)));
            from = close + 1;
        }
        return new TextSource([.. parts]);
    }

    private int Column(string name, YamlNode? node)
    {
        var known = _columns.FindIndex(column => column.Name == name);
        if (known >= 0) return known;
        _columns.Add((name, At(node)));
        return _columns.Count - 1;
    }

    private Dictionary<string, YamlNode> Keys(YamlNode? node, string where, params string[] known)
    {
        var keys = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
        foreach (var (name, value) in Entries(node, where))
        {
            keys[name] = value;
            if (known.Contains(name)) continue;
            Report(value, "unknown-key", $"{where} has no '{name}'{NearestName.Hint(name, known)}");
        }
        return keys;
    }

    private IEnumerable<(string Name, YamlNode Value)> Entries(YamlNode? node, string where)
    {
        if (node is YamlMappingNode mapping) return mapping.Children.Select(entry => (Text(entry.Key) ?? "", entry.Value));
        if (node is not null) Report(node, "bad-value", $"{where} must be a map of names");
        return [];
    }

    private List<YamlNode> Items(YamlNode node)
    {
        if (node is YamlSequenceNode sequence) return [.. sequence.Children];
        Report(node, "bad-value", "a list is expected, as in [a, b]");
        return [];
    }

    private YamlNode? Required(YamlNode node, Dictionary<string, YamlNode> keys, string name)
    {
        if (keys.TryGetValue(name, out var value)) return value;
        Report(node, "missing-key", $"'{name}' is missing here");
        return null;
    }

    private string? Text(YamlNode? node)
    {
        if (node is null or YamlScalarNode) return (node as YamlScalarNode)?.Value;
        Report(node, "bad-value", "a single value is expected");
        return null;
    }

    private string OneOf(YamlNode? node, string otherwise, params string[] known)
    {
        var written = Text(node) ?? otherwise;
        if (known.Contains(written)) return written;
        Report(node, "bad-value", $"'{written}' is not one of {string.Join(", ", known)}" +
            (NearestName.Of(written, known) is { } nearest ? $"; did you mean '{nearest}'?" : ""));
        return otherwise;
    }

    private bool Boolean(YamlNode? node, bool otherwise) => OneOf(node, otherwise ? "true" : "false", "true", "false") == "true";

    private long Whole(YamlNode? node, long otherwise, long max)
    {
        if (node is null) return otherwise;
        if (long.TryParse(Text(node), out var number) && number >= 0 && number <= max) return number;
        Report(node, "bad-value", $"'{Text(node)}' is not a whole number from 0 to {max}");
        return otherwise;
    }

    private void Report(YamlNode? node, string code, string message) =>
        _problems.Add(new Problem(At(node), Severity.Error, code, message));

    private SourcePosition At(YamlNode? node) =>
        node is null ? new SourcePosition(file, 1, 1) : new SourcePosition(file, (int)node.Start.Line, (int)node.Start.Column);
}
