namespace StreamEngage.Rules.Expressions;

/// <summary>The text of an expression and, for each of its characters, the place in the file it came from.</summary>
internal sealed class ExpressionSource
{
    private readonly SourcePosition[] _places;

    /// <summary>A text whose characters stand one after the other from <paramref name="start"/>; a line feed begins column 1 of the next line.</summary>
    public ExpressionSource(string text, SourcePosition start)
        : this(text, Consecutive(text, start))
    {
    }

    /// <summary>A text that its file writes otherwise: folded over lines, or with escapes.</summary>
    /// <param name="text">The text.</param>
    /// <param name="places">The place of each character and, last, of the end: one more than the text is long.</param>
    public ExpressionSource(string text, SourcePosition[] places)
    {
        if (places.Length != text.Length + 1)
            throw new ArgumentException("One place a character and one for the end.", nameof(places));
        Text = text;
        _places = places;
    }

    public string Text { get; }

    /// <summary>Where the character at <paramref name="offset"/> stands; the end of the text included.</summary>
    public SourcePosition At(int offset) => _places[Math.Clamp(offset, 0, Text.Length)];

    private static SourcePosition[] Consecutive(string text, SourcePosition start)
    {
        var places = new SourcePosition[text.Length + 1];
        var at = start;
        for (var i = 0; i <= text.Length; i++)
        {
            places[i] = at;
            var lineEnds = i < text.Length && text[i] == '\n';
            at = lineEnds ? at with { Line = at.Line + 1, Column = 1 } : at with { Column = at.Column + 1 };
        }

        return places;
    }
}
