namespace StreamEngage.Rules;

/// <summary>
/// A message with placeholders and nothing else: <c>{{name}}</c> needs the value, <c>{{name|words}}</c> falls back to the words. Event text
/// that is filled in is never read again.
/// </summary>
internal sealed class TemplateText
{
    private TemplateText(List<TemplatePart> parts) => Parts = parts;

    public IReadOnlyList<TemplatePart> Parts { get; }

    public IEnumerable<TemplatePart> Placeholders => Parts.Where(part => part.Name is not null);

    /// <summary>Text outside of well-formed placeholders stands for itself.</summary>
    public static TemplateText Parse(string text)
    {
        var parts = new List<TemplatePart>();
        var at = 0;
        while (at < text.Length)
        {
            var open = text.IndexOf("{{", at, StringComparison.Ordinal);
            var close = open < 0 ? -1 : text.IndexOf("}}", open, StringComparison.Ordinal);
            if (close < 0) break;
            if (open > at) parts.Add(new(text[at..open], null, null, 0));
            parts.Add(Placeholder(text[(open + 2)..close], open));
            at = close + 2;
        }
        if (at < text.Length) parts.Add(new(text[at..], null, null, 0));
        return new(parts);
    }

    private static TemplatePart Placeholder(string inside, int at)
    {
        var bar = inside.IndexOf('|', StringComparison.Ordinal);
        var name = bar < 0 ? inside : inside[..bar];
        var offset = at + 2 + name.Length - name.TrimStart().Length;
        return new("", name.Trim(), bar < 0 ? null : inside[(bar + 1)..].Trim(), offset);
    }
}

/// <summary>A run of text, or a placeholder.</summary>
/// <param name="Text">The text; empty for a placeholder.</param>
/// <param name="Name">The placeholder's name, or null for text.</param>
/// <param name="Default">What stands for a missing value, or null where it is needed.</param>
/// <param name="NameOffset">Where a placeholder's name begins in the template.</param>
internal sealed record TemplatePart(string Text, string? Name, string? Default, int NameOffset);
