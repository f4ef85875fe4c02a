using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Yaml;

/// <summary>A value of a YAML file and where it stands.</summary>
internal abstract record YamlNode(SourcePosition At)
{
    /// <summary>How a message calls it.</summary>
    public abstract string Shown { get; }
}

/// <summary>How a scalar is written.</summary>
internal enum YamlStyle { Plain, SingleQuoted, DoubleQuoted, Block }

/// <summary>A text. What it means (a number, null) is for its reader to say.</summary>
internal sealed record YamlScalar(SourcePosition At, string Text, YamlStyle Style, YamlFile File) : YamlNode(At)
{
    private const int ShownMax = 60;

    public bool IsNothing => Style == YamlStyle.Plain && Text is "" or "~" or "null";

    public override string Shown =>
        IsNothing ? "nothing" : Text.Length <= ShownMax ? $"'{Text}'" : $"'{Text[..ShownMax]}...'";

    /// <summary>The text with the place of each of its characters in the file.</summary>
    public ExpressionSource Source => new(Text, ScalarPlaces.Of(this));
}

internal sealed record YamlSequence(SourcePosition At, IReadOnlyList<YamlNode> Items) : YamlNode(At)
{
    public override string Shown => "a list";
}

internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);

/// <summary>Keys are unique.</summary>
internal sealed record YamlMapping(SourcePosition At, IReadOnlyList<YamlEntry> Entries) : YamlNode(At)
{
    public override string Shown => "a map";
}
