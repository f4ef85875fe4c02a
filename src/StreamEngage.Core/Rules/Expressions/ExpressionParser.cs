namespace StreamEngage.Rules.Expressions;

/// <summary>What reading a text gave: a tree, or what is wrong with the text.</summary>
/// <param name="Expression">Null exactly when there are problems.</param>
/// <param name="Problems">In the order of their places.</param>
internal sealed record ExpressionReading(Expression? Expression, IReadOnlyList<Problem> Problems);

/// <summary>Reads an expression by recursive descent; stops at the first thing that is wrong.</summary>
internal sealed partial class ExpressionParser
{
    private static readonly Dictionary<string, BinaryOperator> Comparisons = new(StringComparer.Ordinal)
    {
        ["="] = BinaryOperator.Equal,
        ["!="] = BinaryOperator.NotEqual,
        ["<"] = BinaryOperator.Less,
        ["<="] = BinaryOperator.LessOrEqual,
        [">"] = BinaryOperator.Greater,
        [">="] = BinaryOperator.GreaterOrEqual,
    };

    private readonly ExpressionSource _source;
    private readonly ExpressionLexer _lexer;
    private Token _token;
    private Problem? _problem;
    private int _depth;
    private int _nodes;

    private ExpressionParser(ExpressionSource source)
    {
        _source = source;
        _lexer = new ExpressionLexer(source.Text);
    }

    /// <summary>Reads a text whose first character stands at <paramref name="start"/>.</summary>
    public static ExpressionReading Parse(string text, SourcePosition start) => Parse(new ExpressionSource(text, start));

    public static ExpressionReading Parse(ExpressionSource source)
    {
        var parser = new ExpressionParser(source);
        var expression = parser.Whole();
        return parser._problem is { } problem ? new(null, [problem]) : new(expression, []);
    }

    private Expression? Whole()
    {
        if (_source.Text.Length > ExpressionLimits.TextMax)
            return Fail(0, "too-long", $"an expression may have {ExpressionLimits.TextMax} characters, this has {_source.Text.Length}");
        Advance();
        if (_token.Kind == TokenKind.End)
            return Fail(0, "syntax", "an expression is expected, this is empty");
        if (Or() is not { } expression)
            return null;
        return _token.Kind == TokenKind.End ? expression : Unexpected("the end of the expression");
    }

    private Expression? Or() => Chain("or", BinaryOperator.Or, And);

    private Expression? And() => Chain("and", BinaryOperator.And, Not);

    private Expression? Chain(string word, BinaryOperator op, Func<Expression?> part)
    {
        var left = part();
        while (left is not null && _token.Is(word))
            left = Joined(left, op, part);
        return left;
    }

    private Expression? Joined(Expression left, BinaryOperator op, Func<Expression?> part)
    {
        Advance();
        return part() is { } right ? Node(new BinaryExpression(left.At, op, left, right)) : null;
    }

    private Expression? Not()
    {
        if (!_token.Is("not"))
            return Comparison();
        var at = Here();
        Advance();
        return Nested(Not) is { } operand ? Node(new UnaryExpression(at, UnaryOperator.Not, operand)) : null;
    }

    private Expression? Comparison()
    {
        if (Sum() is not { } left)
            return null;
        if (_token.Kind == TokenKind.Symbol && Comparisons.TryGetValue(_token.Text, out var op))
            return Compared(left, op);
        return _token.Text switch
        {
            "in" when _token.Kind == TokenKind.Word => In(left),
            "between" when _token.Kind == TokenKind.Word => Between(left),
            "is" when _token.Kind == TokenKind.Word => IsNull(left),
            "not" when _token.Kind == TokenKind.Word => NotInOrBetween(left),
            _ => left,
        };
    }

    private Expression? Compared(Expression left, BinaryOperator op)
    {
        if (Joined(left, op, Sum) is not { } compared)
            return null;
        var chained = _token.Kind == TokenKind.Symbol && Comparisons.ContainsKey(_token.Text);
        return chained
            ? Fail(_token.Start, "syntax", "comparisons do not chain; write 'x between a and b', or two comparisons joined by 'and'")
            : compared;
    }

    private Expression? NotInOrBetween(Expression left)
    {
        Advance();
        var found = _token.Is("in") ? In(left) : _token.Is("between") ? Between(left) : Unexpected("'in' or 'between' after 'not'");
        return found is null ? null : Node(new UnaryExpression(left.At, UnaryOperator.Not, found));
    }

    private Expression? In(Expression operand)
    {
        Advance();
        if (!Take("[", "'[' and a list of values"))
            return null;
        var items = new List<Expression>();
        do
        {
            if (Nested(Sum) is not { } item)
                return null;
            items.Add(item);
        }
        while (TookComma());
        return Take("]", "',' or ']'") ? Node(new InExpression(operand.At, operand, items)) : null;
    }

    private Expression? Between(Expression operand)
    {
        Advance();
        if (Sum() is not { } low || !Take("and", "'and' and the upper end"))
            return null;
        return Sum() is { } high ? Node(new BetweenExpression(operand.At, operand, low, high)) : null;
    }

    private Expression? IsNull(Expression operand)
    {
        Advance();
        var negated = _token.Is("not");
        if (negated)
            Advance();
        return Take("null", "'null'") ? Node(new IsNullExpression(operand.At, operand, negated)) : null;
    }

    private Expression? Sum()
    {
        var left = Product();
        while (left is not null && (_token.Is("+") || _token.Is("-")))
            left = Joined(left, _token.Is("+") ? BinaryOperator.Add : BinaryOperator.Subtract, Product);
        return left;
    }

    private Expression? Product()
    {
        var left = Signed();
        while (left is not null && (_token.Is("*") || _token.Is("/")))
            left = Joined(left, _token.Is("*") ? BinaryOperator.Multiply : BinaryOperator.Divide, Signed);
        return left;
    }

    private Expression? Signed()
    {
        if (!_token.Is("-"))
            return Term();
        var at = Here();
        Advance();
        return Nested(Signed) is { } operand ? Node(new UnaryExpression(at, UnaryOperator.Negate, operand)) : null;
    }

    private Expression? Nested(Func<Expression?> part)
    {
        if (_depth >= ExpressionLimits.DepthMax)
            return Fail(_token.Start, "too-deep", $"an expression may nest {ExpressionLimits.DepthMax} deep");
        _depth++;
        var inner = part();
        _depth--;
        return inner;
    }

    private Expression? Node(Expression expression)
    {
        _nodes++;
        return _nodes <= ExpressionLimits.NodesMax
            ? expression
            : Fail(_token.Start, "too-large", $"an expression may have {ExpressionLimits.NodesMax} terms");
    }

    private SourcePosition Here() => _source.At(_token.Start);

    private void Advance() => _token = _lexer.Next();

    private bool TookComma()
    {
        if (!_token.Is(","))
            return false;
        Advance();
        return true;
    }

    private bool Take(string text, string expected)
    {
        if (!_token.Is(text))
            return Unexpected(expected) is not null;
        Advance();
        return true;
    }

    private Expression? Unexpected(string expected) => _token.Kind == TokenKind.Bad
        ? Fail(_token.Start, "syntax", _token.Text)
        : Fail(_token.Start, "syntax", $"expected {expected}, found {_token.Shown}");

    private Expression? Fail(int offset, string code, string message)
    {
        _problem ??= new Problem(_source.At(offset), Severity.Error, code, message);
        return null;
    }
}
