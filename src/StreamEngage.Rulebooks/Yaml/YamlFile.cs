using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Yaml;

/// <summary>A file's text with the starts of its lines.</summary>
internal sealed class YamlFile
{
    private readonly List<int> _lineStarts = [0];

    /// <param name="name">Path relative to the rulebook, with forward slashes.</param>
    /// <param name="text">The whole text; a byte order mark is dropped.</param>
    public YamlFile(string name, string text)
    {
        Name = name;
        Text = text.StartsWith('\uFEFF') ? text[1..] : text;
        for (var i = 0; i < Text.Length; i++)
        {
            var returns = Text[i] == '\r' && (i + 1 == Text.Length || Text[i + 1] != '\n');
            if (Text[i] == '\n' || returns)
                _lineStarts.Add(i + 1);
        }
    }

    public string Name { get; }

    public string Text { get; }

    public SourcePosition Start => new(Name, 1, 1);

    /// <summary>Line and column of an offset, counted from 1.</summary>
    public SourcePosition At(int offset)
    {
        var found = _lineStarts.BinarySearch(offset);
        var line = found >= 0 ? found : ~found - 1;
        return new SourcePosition(Name, line + 1, offset - _lineStarts[line] + 1);
    }

    /// <summary>Offset of a place, the end of the text at most.</summary>
    public int Offset(SourcePosition at)
    {
        var line = Math.Clamp(at.Line - 1, 0, _lineStarts.Count - 1);
        return Math.Min(_lineStarts[line] + at.Column - 1, Text.Length);
    }
}
