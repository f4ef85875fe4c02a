namespace StreamEngage.Rules.Expressions;

internal enum TokenKind
{
    End,
    Number,
    Duration,
    Text,

    /// <summary>A keyword, a function, or a name with its dots.</summary>
    Word,
    Symbol,

    /// <summary>Nothing of the language; the token's text is the message.</summary>
    Bad,
}

/// <summary>A piece of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Offset of its first character.</param>
/// <param name="End">Offset after its last character.</param>
/// <param name="Text">The word or symbol, the content of a string, or the message of a bad one.</param>
/// <param name="Number">Value of a number, milliseconds of a duration.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Text, double Number = 0)
{
    public bool Is(string text) => Kind is TokenKind.Word or TokenKind.Symbol && Text == text;

    /// <summary>How a message calls it.</summary>
    public string Shown => Kind switch
    {
        TokenKind.End => "the end of the expression",
        TokenKind.Text => $"the string \"{Text}\"",
        _ => $"'{Text}'",
    };
}
