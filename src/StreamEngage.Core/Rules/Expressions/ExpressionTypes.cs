namespace StreamEngage.Rules.Expressions;

/// <summary>Finds the static type of every term and everything about an expression that cannot be meant.</summary>
internal sealed partial class ExpressionTypes
{
    private readonly ExpressionScope _scope;
    private readonly ICollection<Problem> _problems;

    private ExpressionTypes(ExpressionScope scope, ICollection<Problem> problems)
    {
        _scope = scope;
        _problems = problems;
    }

    /// <summary>The type of the expression; what is wrong is added to <paramref name="problems"/>.</summary>
    public static ValueType Check(Expression expression, ExpressionScope scope, ICollection<Problem> problems) =>
        new ExpressionTypes(scope, problems).Of(expression);

    /// <summary>The same for an expression that must be true or false.</summary>
    public static void CheckCondition(Expression expression, ExpressionScope scope, ICollection<Problem> problems)
    {
        var types = new ExpressionTypes(scope, problems);
        var type = types.Of(expression);
        if (!IsCondition(type))
            types.Report(expression.At, "type", $"a condition is expected in {scope.Place}, this is {Shown(type)}{ConditionRemedy(type)}");
    }

    /// <summary>The word the language and the catalogue use for a type.</summary>
    public static string Name(ValueType type) => type == ValueType.Text ? "string" : type.ToString().ToLowerInvariant();

    private static string ConditionRemedy(ValueType type) => type switch
    {
        ValueType.Number => "; compare it, such as '... > 0'",
        ValueType.Duration => "; compare it, such as '... >= 30m'",
        ValueType.Text => "; compare it, such as '... = \"a\"'",
        _ => "",
    };

    private static string Shown(ValueType type) => type switch
    {
        ValueType.Null => "null",
        ValueType.Any => "any value",
        _ => $"a {Name(type)}",
    };

    private static bool IsOpen(ValueType type) => type is ValueType.Any or ValueType.Null;

    private static bool IsCondition(ValueType type) => type == ValueType.Boolean || IsOpen(type);

    private ValueType Of(Expression expression) => expression switch
    {
        LiteralExpression literal => literal.Type,
        NameExpression name => NameType(name),
        UnaryExpression unary => UnaryType(unary),
        BinaryExpression binary => BinaryType(binary),
        InExpression of => InType(of),
        BetweenExpression between => BetweenType(between),
        IsNullExpression isNull => IsNullType(isNull),
        WindowExpression window => WindowType(window),
        CallExpression call => CallType(call),
        _ => throw new ArgumentException($"An expression of kind {expression.GetType().Name}.", nameof(expression)),
    };

    private ValueType UnaryType(UnaryExpression unary)
    {
        var operand = Of(unary.Operand);
        if (unary.Operator == UnaryOperator.Not)
            return Condition(unary.Operand, operand, "not");
        if (operand is ValueType.Text or ValueType.Boolean)
            return Mistyped(unary.Operand.At, $"'-' needs a number or a duration, this is {Shown(operand)}");
        return operand;
    }

    private ValueType Condition(Expression term, ValueType type, string connective)
    {
        if (!IsCondition(type))
            Report(term.At, "type", $"'{connective}' joins conditions, this is {Shown(type)}{ConditionRemedy(type)}");
        return ValueType.Boolean;
    }

    private ValueType BinaryType(BinaryExpression binary)
    {
        var (left, right) = (Of(binary.Left), Of(binary.Right));
        switch (binary.Operator)
        {
            case BinaryOperator.Or or BinaryOperator.And:
                var word = binary.Operator == BinaryOperator.Or ? "or" : "and";
                Condition(binary.Left, left, word);
                return Condition(binary.Right, right, word);
            case BinaryOperator.Equal or BinaryOperator.NotEqual:
                Compared(binary.Right, left, right);
                CheckStage(binary.Left, binary.Right);
                CheckStage(binary.Right, binary.Left);
                return ValueType.Boolean;
            case BinaryOperator.Less or BinaryOperator.LessOrEqual or BinaryOperator.Greater or BinaryOperator.GreaterOrEqual:
                if (Compared(binary.Right, left, right))
                    Ordered(binary.Left, left, right);
                return ValueType.Boolean;
            default:
                return ArithmeticType(binary, left, right);
        }
    }

    private bool Compared(Expression right, ValueType a, ValueType b)
    {
        if (a == b || IsOpen(a) || IsOpen(b))
            return true;
        var remedy = (a, b) switch
        {
            (ValueType.Duration, ValueType.Number) => "; write the number with a unit, such as 30m",
            (ValueType.Number, ValueType.Duration) => "; write the duration as a plain number, or divide two durations: '... / 1m'",
            (ValueType.Text, ValueType.Number or ValueType.Boolean) => "; put the value in quotes",
            (ValueType.Number or ValueType.Boolean, ValueType.Text) => "; take the quotes away",
            _ => "",
        };
        Report(right.At, "type", $"{Shown(a)} cannot be compared with {Shown(b)}{remedy}");
        return false;
    }

    /// <summary>A stage is compared with something that is one.</summary>
    private void CheckStage(Expression term, Expression with)
    {
        var names = LifecycleStages.Names;
        if (!UserNames.IsStage(term) || with is not LiteralExpression { Type: ValueType.Text, Text: { } text } || names.Contains(text, StringComparer.Ordinal))
            return;
        Report(with.At, "unknown-stage", $"no stage is called '{text}'{NearestName.Hint(text, names)}; there are {string.Join(", ", names)}");
    }

    private void Ordered(Expression left, ValueType a, ValueType b)
    {
        if (a == ValueType.Boolean || b == ValueType.Boolean)
            Report(left.At, "type", "booleans have no order; compare them with '=' or '!='");
    }

    private ValueType ArithmeticType(BinaryExpression binary, ValueType left, ValueType right)
    {
        if (left is ValueType.Text or ValueType.Boolean || right is ValueType.Text or ValueType.Boolean)
        {
            var wrong = left is ValueType.Text or ValueType.Boolean ? (binary.Left, left) : (binary.Right, right);
            return Mistyped(wrong.Item1.At, $"arithmetic needs numbers or durations, this is {Shown(wrong.Item2)}");
        }

        if (left == ValueType.Null || right == ValueType.Null)
            return ValueType.Null;
        return left == ValueType.Any || right == ValueType.Any ? ValueType.Any : MeasuredType(binary, left, right);
    }

    private ValueType MeasuredType(BinaryExpression binary, ValueType left, ValueType right) => (binary.Operator, left, right) switch
    {
        (_, ValueType.Number, ValueType.Number) => ValueType.Number,
        (BinaryOperator.Add or BinaryOperator.Subtract, ValueType.Duration, ValueType.Duration) => ValueType.Duration,
        (BinaryOperator.Divide, ValueType.Duration, ValueType.Duration) => ValueType.Number,
        (BinaryOperator.Multiply or BinaryOperator.Divide, ValueType.Duration, ValueType.Number) => ValueType.Duration,
        (BinaryOperator.Multiply, ValueType.Number, ValueType.Duration) => ValueType.Duration,
        (BinaryOperator.Multiply, _, _) => Mistyped(binary.At, "two durations cannot be multiplied"),
        (BinaryOperator.Divide, _, _) => Mistyped(binary.Right.At, "a number cannot be divided by a duration"),
        _ => Mistyped(binary.Right.At, $"{Shown(left)} and {Shown(right)} cannot be added or subtracted; write the number with a unit, such as 30m"),
    };

    private ValueType InType(InExpression of)
    {
        var operand = Of(of.Operand);
        foreach (var item in of.Items)
        {
            Compared(item, operand, Of(item));
            CheckStage(of.Operand, item);
        }

        return ValueType.Boolean;
    }

    private ValueType BetweenType(BetweenExpression between)
    {
        var (operand, low, high) = (Of(between.Operand), Of(between.Low), Of(between.High));
        if (Compared(between.Low, operand, low) && Compared(between.High, operand, high))
            Ordered(between.Operand, operand, low == ValueType.Boolean ? low : high);
        return ValueType.Boolean;
    }

    private ValueType IsNullType(IsNullExpression isNull)
    {
        Of(isNull.Operand);
        return ValueType.Boolean;
    }

    private ValueType Mistyped(SourcePosition at, string message)
    {
        Report(at, "type", message);
        return ValueType.Any;
    }

    private void Report(SourcePosition at, string code, string message) =>
        _problems.Add(new Problem(at, Severity.Error, code, message));
}
