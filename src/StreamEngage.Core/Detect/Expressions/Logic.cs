using StreamEngage.Events;

namespace StreamEngage.Detect.Expressions;

/// <summary><c>not x</c>: null stays null.</summary>
internal sealed class Not(CompiledExpression operand) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var value = operand.Evaluate(scope);
        return value.Kind == ValueKind.Boolean ? Value.Of(!value.IsTrue) : Value.Null;
    }

    public override long NextChange(in Scope scope) => operand.NextChange(scope);
}

/// <summary><c>a and b</c>: false when either is false, null when neither is and one is null.</summary>
internal sealed class And(CompiledExpression left, CompiledExpression right) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var a = left.Evaluate(scope);
        if (Logic.IsFalse(a)) return Value.Of(false);
        var b = right.Evaluate(scope);
        if (Logic.IsFalse(b)) return Value.Of(false);
        return a.IsTrue && b.IsTrue ? Value.Of(true) : Value.Null;
    }

    public override bool Holds(in Scope scope) => left.Holds(scope) && right.Holds(scope);

    public override long NextChange(in Scope scope) => Math.Min(left.NextChange(scope), right.NextChange(scope));
}

/// <summary><c>a or b</c>: true when either is true, null when neither is and one is null.</summary>
internal sealed class Or(CompiledExpression left, CompiledExpression right) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var a = left.Evaluate(scope);
        if (a.IsTrue) return a;
        var b = right.Evaluate(scope);
        if (b.IsTrue) return b;
        return Logic.IsFalse(a) && Logic.IsFalse(b) ? Value.Of(false) : Value.Null;
    }

    public override bool Holds(in Scope scope) => left.Holds(scope) || right.Holds(scope);

    public override long NextChange(in Scope scope) => Math.Min(left.NextChange(scope), right.NextChange(scope));
}

/// <summary><c>x is null</c>, or its contrary.</summary>
internal sealed class IsNull(CompiledExpression operand, bool negated) : CompiledExpression
{
    public override Value Evaluate(in Scope scope) => Value.Of(operand.Evaluate(scope).IsNull != negated);

    public override long NextChange(in Scope scope) => operand.NextChange(scope);
}

/// <summary><c>x in [..]</c>: of a list, whether any element is there; false for null.</summary>
internal sealed class In(CompiledExpression operand, CompiledExpression[] items) : CompiledExpression
{
    public override Value Evaluate(in Scope scope)
    {
        var value = operand.Evaluate(scope);
        if (value.Kind != ValueKind.List) return Value.Of(IsListed(value, scope));
        foreach (var element in value.Items)
            if (IsListed(element, scope)) return Value.Of(true);
        return Value.Of(false);
    }

    public override long NextChange(in Scope scope)
    {
        var next = operand.NextChange(scope);
        foreach (var item in items) next = Math.Min(next, item.NextChange(scope));
        return next;
    }

    private bool IsListed(in Value value, in Scope scope)
    {
        if (value.IsNull) return false;
        foreach (var item in items)
            if (item.Evaluate(scope) == value) return true;
        return false;
    }
}

/// <summary>The truth of values.</summary>
internal static class Logic
{
    public static bool IsFalse(in Value value) => value.Kind == ValueKind.Boolean && !value.IsTrue;
}
