namespace StreamEngage.Rules.Expressions;

internal sealed partial class ExpressionParser
{
    private Expression? Term()
    {
        var token = _token;
        switch (token.Kind)
        {
            case TokenKind.Number: return Literal(ValueType.Number, token.Number, null);
            case TokenKind.Duration: return Literal(ValueType.Duration, token.Number, null);
            case TokenKind.Text: return Literal(ValueType.Text, 0, token.Text);
            case TokenKind.Word: return Word();
            default: return token.Is("(") ? Parenthesised() : Unexpected("a value");
        }
    }

    private Expression? Literal(ValueType type, double number, string? text)
    {
        var literal = new LiteralExpression(Here(), type, number, text);
        Advance();
        return Node(literal);
    }

    private Expression? Parenthesised()
    {
        Advance();
        return Nested(Or) is { } inner && Take(")", "')'") ? inner : null;
    }

    private Expression? Word()
    {
        switch (_token.Text)
        {
            case "true": return Literal(ValueType.Boolean, 1, null);
            case "false": return Literal(ValueType.Boolean, 0, null);
            case "null": return Literal(ValueType.Null, 0, null);
        }

        var word = _token;
        var at = Here();
        Advance();
        if (_token.Is("("))
            return Called(word, at);
        var dot = word.Text.IndexOf('.', StringComparison.Ordinal);
        return dot < 0
            ? Fail(word.Start, "unknown-name", BareWord(word.Text))
            : Node(new NameExpression(at, word.Text[..dot], word.Text[(dot + 1)..]));
    }

    private static string BareWord(string word)
    {
        if (ExpressionFunctions.Windows.ContainsKey(word) || ExpressionFunctions.Plain.ContainsKey(word))
            return $"'{word}' is a function; write {word}(...)";
        if (ExpressionFunctions.Keywords.Contains(word))
            return $"expected a value, found '{word}'";
        var known = ExpressionFunctions.Keywords.Concat(ExpressionFunctions.Windows.Keys).Concat(ExpressionFunctions.Plain.Keys);
        var meant = NearestName.Of(word, known) is { } near ? $"'{near}', or " : "";
        return $"'{word}' is not a name; did you mean {meant}event.{word}, or the string \"{word}\"?";
    }

    private Expression? Called(Token function, SourcePosition at)
    {
        if (ExpressionFunctions.Windows.TryGetValue(function.Text, out var window))
            return Nested(() => Window(window, at));
        if (function.Text == "since")
            return Nested(() => Since(at));
        if (ExpressionFunctions.Plain.ContainsKey(function.Text))
            return Nested(() => Plain(function, at));
        if (ExpressionFunctions.Keywords.Contains(function.Text))
            return Fail(function.Start, "syntax", $"expected a value, found '{function.Text}'");
        var known = ExpressionFunctions.Windows.Keys.Concat(ExpressionFunctions.Plain.Keys);
        return Fail(function.Start, "unknown-function", $"there is no function '{function.Text}'{NearestName.Hint(function.Text, known)}");
    }

    private Expression? Plain(Token function, SourcePosition at)
    {
        Advance();
        var arguments = new List<Expression>();
        if (!_token.Is(")"))
        {
            do
            {
                if (Or() is not { } argument)
                    return null;
                arguments.Add(argument);
            }
            while (TookComma());
        }

        if (!Take(")", "',' or ')'"))
            return null;
        var (min, max) = ExpressionFunctions.Plain[function.Text];
        return arguments.Count >= min && arguments.Count <= max
            ? Node(new CallExpression(at, function.Text, arguments))
            : Fail(function.Start, "argument-count", $"{function.Text} takes {Arguments(min, max)}, this has {arguments.Count}");
    }

    private static string Arguments(int min, int max) =>
        min != max ? $"{min} to {max} arguments" : min switch { 0 => "no argument", 1 => "one argument", _ => $"{min} arguments" };

    private Expression? Since(SourcePosition at)
    {
        if (Name("an event type", dots: false) is not { } type)
            return null;
        var literal = new LiteralExpression(_source.At(type.Start), ValueType.Text, 0, type.Text);
        return Take(")", "')'; since takes one event type") ? Node(new CallExpression(at, "since", [literal])) : null;
    }

    /// <summary>Reads the token after the current one as a name, dashes included, and steps past it.</summary>
    private Token? Name(string expected, bool dots)
    {
        _lexer.Position = _token.End;
        _token = _lexer.NextName(dots);
        if (_token.Kind is not (TokenKind.Word or TokenKind.Text) || _token.Text.Length == 0)
        {
            Unexpected(expected);
            return null;
        }

        var name = _token;
        Advance();
        return name;
    }

    private Expression? Window(WindowFunction function, SourcePosition at)
    {
        var name = function.ToString().ToLowerInvariant();
        if (Name("an event type", dots: false) is not { } type)
            return null;
        string? property = null;
        if (function == WindowFunction.Count && DotFollows(type))
            return Fail(type.End, "syntax", $"count takes an event type; to count values of a property write distinct({type.Text}.property)");
        if (function != WindowFunction.Count && (property = WindowProperty(name, type)) is null)
            return null;
        return Filtered(new WindowExpression(at, function, type.Text, property)) is { } filtered
            && Keyed(filtered) is { } keyed
            && Take(")", Following(keyed))
            && Reach(keyed) is { } whole ? Node(whole) : null;
    }

    private static string Following(WindowExpression window) =>
        window.By is not null ? "')'; a 'where' stands before 'by'" : window.Filter is not null ? "'by' or ')'" : "'where', 'by' or ')'";

    private string? WindowProperty(string function, Token type)
    {
        if (DotFollows(type))
        {
            _token = new Token(TokenKind.Symbol, type.End, type.End + 1, ".");
            return Name("a property", dots: true)?.Text;
        }

        Fail(type.Start, "syntax", $"{function} needs a property: write {function}({type.Text}.property)");
        return null;
    }

    private bool DotFollows(Token type) => type.End < _source.Text.Length && _source.Text[type.End] == '.';

    private WindowExpression? Filtered(WindowExpression window)
    {
        if (!_token.Is("where"))
            return window;
        Advance();
        return Or() is { } filter ? window with { Filter = filter } : null;
    }

    private WindowExpression? Keyed(WindowExpression window)
    {
        if (!_token.Is("by"))
            return window;
        return Name("a property", dots: true) is { } key ? window with { By = key.Text } : null;
    }

    private WindowExpression? Reach(WindowExpression window)
    {
        if (!_token.Is("over"))
        {
            Unexpected("'over' and how far back, such as 'over 1h' or 'over today'");
            return null;
        }

        Advance();
        return Length(window) is { } reaching ? Daily(reaching) : null;
    }

    private WindowExpression? Length(WindowExpression window)
    {
        if (_token.Is("today"))
            return Reaching(window with { Unit = WindowUnit.Today });
        if (_token.Is("this"))
        {
            Advance();
            return _token.Is("week") ? Reaching(window with { Unit = WindowUnit.ThisWeek }) : Refused("'week' after 'this'");
        }

        if (_token.Kind != TokenKind.Duration)
            return Refused($"{DurationText.Examples}, 'today' or 'this week'");
        if (_token.Number is < 1 or > ExpressionLimits.WindowMax)
            return Refused("a window from 1ms to 3660d");
        return Reaching(window with { LengthMilliseconds = (long)_token.Number });
    }

    private WindowExpression Reaching(WindowExpression window)
    {
        Advance();
        return window;
    }

    private WindowExpression? Daily(WindowExpression window)
    {
        if (!_token.Is("every"))
            return window;
        Advance();
        return _token is { Kind: TokenKind.Duration, Number: 86_400_000 }
            ? Reaching(window with { Daily = true })
            : Refused("'1d' after 'every'");
    }

    private WindowExpression? Refused(string expected)
    {
        Unexpected(expected);
        return null;
    }
}
