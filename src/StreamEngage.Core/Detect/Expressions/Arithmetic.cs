using StreamEngage.Events;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Detect.Expressions;

/// <summary><c>+ - * /</c> on doubles. With anything but numbers it is null; so are division by zero and what is not finite.</summary>
internal sealed class Arithmetic(BinaryOperator operation, CompiledExpression left, CompiledExpression right)
    : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var a = left.Evaluate(scope);
        var b = right.Evaluate(scope);
        if (a.Kind != ValueKind.Number || b.Kind != ValueKind.Number) return Value.Null;
        return operation switch
        {
            BinaryOperator.Add => Value.Of(a.Number + b.Number),
            BinaryOperator.Subtract => Value.Of(a.Number - b.Number),
            BinaryOperator.Multiply => Value.Of(a.Number * b.Number),
            _ => b.Number == 0 ? Value.Null : Value.Of(a.Number / b.Number),
        };
    }

    public override long NextChange(in Scope scope) => Math.Min(left.NextChange(scope), right.NextChange(scope));
}

/// <summary>The functions of one number.</summary>
internal enum NumberFunction { Negate, Absolute, Round }

/// <summary><c>-x</c>, <c>abs(x)</c>, <c>round(x)</c> (halves away from zero); null for anything but a number.</summary>
internal sealed class NumberOf(NumberFunction function, CompiledExpression operand) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var value = operand.Evaluate(scope);
        if (value.Kind != ValueKind.Number) return Value.Null;
        return function switch
        {
            NumberFunction.Negate => Value.Of(-value.Number),
            NumberFunction.Absolute => Value.Of(Math.Abs(value.Number)),
            _ => Value.Of(Math.Round(value.Number, MidpointRounding.AwayFromZero)),
        };
    }

    public override long NextChange(in Scope scope) => operand.NextChange(scope);
}

/// <summary><c>coalesce(a, b, ..)</c>: the first that is not null.</summary>
internal sealed class Coalesce(CompiledExpression[] choices) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        foreach (var choice in choices)
            if (choice.Evaluate(scope) is { IsNull: false } value) return value;
        return Value.Null;
    }

    public override long NextChange(in Scope scope)
    {
        var next = long.MaxValue;
        foreach (var choice in choices) next = Math.Min(next, choice.NextChange(scope));
        return next;
    }
}

/// <summary><c>lower(x)</c> by the invariant culture; null for anything but a text.</summary>
internal sealed class Lower(CompiledExpression operand) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var value = operand.Evaluate(scope);
        if (value.Kind != ValueKind.Text) return Value.Null;
        foreach (var unit in value.Text.Span)
            if (unit is >= (byte)'A' and <= (byte)'Z' or >= 0x80) return Value.Of(value.Text.ToString().ToLowerInvariant());
        return value;
    }
}

/// <summary><c>contains(text, part)</c>, <c>contains(list, element)</c> or <c>starts_with(text, part)</c>; false with null.</summary>
internal sealed class TextTest(bool startsWith, CompiledExpression subject, CompiledExpression part) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var a = subject.Evaluate(scope);
        var b = part.Evaluate(scope);
        if (a.Kind == ValueKind.List && !startsWith) return Value.Of(!b.IsNull && a.Items.Contains(b));
        if (a.Kind != ValueKind.Text || b.Kind != ValueKind.Text) return Value.Of(false);
        return Value.Of(startsWith ? a.Text.Span.StartsWith(b.Text.Span) : a.Text.Span.IndexOf(b.Text.Span) >= 0);
    }
}
