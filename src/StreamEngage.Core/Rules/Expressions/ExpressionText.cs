using System.Globalization;
using System.Text;

namespace StreamEngage.Rules.Expressions;

/// <summary>Writes expressions back as text.</summary>
internal sealed class ExpressionText
{
    private const int Loosest = 0;
    private const int Comparison = 4;
    private const int Tightest = 8;

    private static readonly string[] Operators = ["or", "and", "=", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/"];

    private readonly bool _readable;

    private ExpressionText(bool readable) => _readable = readable;

    /// <summary>
    /// One text for all ways of writing the same expression: single spaces, no needless parentheses, durations in
    /// milliseconds, chains of one connective flat. Reads back as an equal expression. Operands keep their order.
    /// </summary>
    public static string Canonical(Expression expression) => new ExpressionText(readable: false).Written(expression);

    /// <summary>The same for people: durations as they would write them.</summary>
    public static string Readable(Expression expression) => new ExpressionText(readable: true).Written(expression);

    private string Written(Expression expression)
    {
        var text = new StringBuilder();
        Write(text, expression, Loosest);
        return text.ToString();
    }

    private string Duration(double milliseconds) =>
        _readable && milliseconds is >= 0 and <= ExpressionLimits.DurationMax && milliseconds == Math.Truncate(milliseconds)
            ? DurationText.Format((long)milliseconds)
            : $"{Number(milliseconds)}ms";

    private void Write(StringBuilder text, Expression expression, int atLeast)
    {
        var enclosed = Tightness(expression) < atLeast;
        text.Append(enclosed ? "(" : "");
        WriteBare(text, expression);
        text.Append(enclosed ? ")" : "");
    }

    private static int Tightness(Expression expression) => expression switch
    {
        BinaryExpression b => Tightness(b.Operator),
        UnaryExpression u => u.Operator == UnaryOperator.Not ? 3 : 7,
        InExpression or BetweenExpression or IsNullExpression => Comparison,
        LiteralExpression { Number: < 0 } => 7,
        _ => Tightest,
    };

    private static int Tightness(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => 1,
        BinaryOperator.And => 2,
        BinaryOperator.Add or BinaryOperator.Subtract => 5,
        BinaryOperator.Multiply or BinaryOperator.Divide => 6,
        _ => Comparison,
    };

    private void WriteBare(StringBuilder text, Expression expression)
    {
        switch (expression)
        {
            case LiteralExpression literal: text.Append(Literal(literal)); break;
            case NameExpression name: text.Append(name.Scope).Append('.').Append(name.Property); break;
            case UnaryExpression unary: WriteUnary(text, unary); break;
            case BinaryExpression binary: WriteBinary(text, binary); break;
            case InExpression of: WriteIn(text, of); break;
            case BetweenExpression between: WriteBetween(text, between); break;
            case IsNullExpression isNull: WriteIsNull(text, isNull); break;
            case WindowExpression window: WriteWindow(text, window); break;
            case CallExpression call: WriteCall(text, call); break;
            default: throw new ArgumentException($"An expression of kind {expression.GetType().Name}.", nameof(expression));
        }
    }

    private string Literal(LiteralExpression literal) => literal.Type switch
    {
        ValueType.Null => "null",
        ValueType.Boolean => literal.Number != 0 ? "true" : "false",
        ValueType.Text => Quoted(literal.Text ?? ""),
        ValueType.Duration => Duration(literal.Number),
        _ => Number(literal.Number),
    };

    private static string Number(double value) => Math.Abs(value) < 1e15 && value == Math.Truncate(value)
        ? value.ToString("F0", CultureInfo.InvariantCulture)
        : value.ToString("R", CultureInfo.InvariantCulture);

    private static string Quoted(string value)
    {
        var text = new StringBuilder("\"");
        foreach (var c in value)
        {
            if (c is '"' or '\\')
                text.Append('\\').Append(c);
            else if (char.IsControl(c) || char.IsSurrogate(c))
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else
                text.Append(c);
        }

        return text.Append('"').ToString();
    }

    private void WriteUnary(StringBuilder text, UnaryExpression unary)
    {
        var negated = unary.Operator == UnaryOperator.Negate;
        text.Append(negated ? "-" : "not ");
        Write(text, unary.Operand, negated ? 7 : 3);
    }

    private void WriteBinary(StringBuilder text, BinaryExpression binary)
    {
        var tightness = Tightness(binary.Operator);
        var flat = binary.Operator is BinaryOperator.Or or BinaryOperator.And;
        Write(text, binary.Left, tightness == Comparison ? Comparison + 1 : tightness);
        text.Append(' ').Append(Operators[(int)binary.Operator]).Append(' ');
        Write(text, binary.Right, flat ? tightness : tightness + 1);
    }

    private void WriteIn(StringBuilder text, InExpression of)
    {
        Write(text, of.Operand, Comparison + 1);
        text.Append(" in [");
        WriteList(text, of.Items, Comparison + 1);
        text.Append(']');
    }

    private void WriteBetween(StringBuilder text, BetweenExpression between)
    {
        Write(text, between.Operand, Comparison + 1);
        text.Append(" between ");
        Write(text, between.Low, Comparison + 1);
        text.Append(" and ");
        Write(text, between.High, Comparison + 1);
    }

    private void WriteIsNull(StringBuilder text, IsNullExpression isNull)
    {
        Write(text, isNull.Operand, Comparison + 1);
        text.Append(isNull.Negated ? " is not null" : " is null");
    }

    private void WriteCall(StringBuilder text, CallExpression call)
    {
        text.Append(call.Function).Append('(');
        if (call is { Function: "since", Arguments: [LiteralExpression { Text: { } type }] })
            text.Append(Name(type));
        else
            WriteList(text, call.Arguments, Loosest);
        text.Append(')');
    }

    private void WriteList(StringBuilder text, IReadOnlyList<Expression> items, int atLeast)
    {
        for (var i = 0; i < items.Count; i++)
        {
            text.Append(i > 0 ? ", " : "");
            Write(text, items[i], atLeast);
        }
    }

    private void WriteWindow(StringBuilder text, WindowExpression window)
    {
        text.Append(window.Function.ToString().ToLowerInvariant()).Append('(').Append(Name(window.EventType));
        if (window.Property is { } property)
            text.Append('.').Append(Property(property));
        if (window.Filter is { } filter)
        {
            text.Append(" where ");
            Write(text, filter, Loosest);
        }

        if (window.By is { } key)
            text.Append(" by ").Append(Property(key));
        text.Append(") over ").Append(Reach(window)).Append(window.Daily ? " every 1d" : "");
    }

    private string Reach(WindowExpression window) => window.Unit switch
    {
        WindowUnit.Today => "today",
        WindowUnit.ThisWeek => "this week",
        _ => Duration(window.LengthMilliseconds),
    };

    private static string Name(string type) => ExpressionLexer.IsPlainName(type) ? type : Quoted(type);

    private static string Property(string property) =>
        property.Split('.').All(part => part.Length > 0 && ExpressionLexer.IsPlainName("_" + part)) ? property : Quoted(property);
}
