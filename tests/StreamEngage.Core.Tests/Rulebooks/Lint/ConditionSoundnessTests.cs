using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Rulebooks.Lint;

/// <summary>The linter's verdicts against every assignment of a few small values, by the three-valued reading of the contract.</summary>
public sealed class ConditionSoundnessTests
{
    private static readonly object?[] Values = [null, 0.0, 1.0, 2.0, "a", "b", true, false];
    private static readonly ExpressionScope Scope = new() { Place = "an if", EventTypes = [] };

    [Theory]
    [InlineData(88_101)]
    [InlineData(88_102)]
    public void WhatIsCalledImpossible_NoAssignmentMakesTrue(int seed)
    {
        var random = new Random(seed);
        var (never, always) = (0, 0);
        for (var i = 0; i < 4_000; i++)
        {
            var text = Condition(random, depth: 3);
            var condition = ExpressionParser.Parse(text, new SourcePosition("t", 1, 1)).Expression!;
            var results = Assignments().Select(values => Value(condition, values)).ToList();
            var truth = new ConditionTruth(Scope);
            Assert.True(truth.NeverTrue(condition) is null || results.All(r => r is not true), $"seed {seed}: {text} is called never true");
            Assert.True(!truth.AlwaysTrue(condition) || results.All(r => r is true), $"seed {seed}: {text} is called always true");
            never += truth.NeverTrue(condition) is null ? 0 : 1;
            always += truth.AlwaysTrue(condition) ? 1 : 0;
        }

        Assert.True(never > 50 && always > 50, $"seed {seed}: only {never} never and {always} always");
    }

    private static IEnumerable<Dictionary<string, object?>> Assignments() =>
        Values.SelectMany(x => Values.Select(y => new Dictionary<string, object?> { ["x"] = x, ["y"] = y }));

    private static string Condition(Random random, int depth)
    {
        var form = depth == 0 ? random.Next(6) : random.Next(12);
        var name = random.Next(3) == 0 ? "event.y" : "event.x";
        string[] constants = ["0", "1", "2", "\"a\"", "\"b\"", "true", "null"];
        var constant = constants[random.Next(constants.Length)];
        return form switch
        {
            0 or 1 => $"{name} {(random.Next(2) == 0 ? "=" : "!=")} {constant}",
            2 => $"{name} {((string[])["<", "<=", ">", ">="])[random.Next(4)]} {random.Next(3)}",
            3 => $"{name} is {(random.Next(2) == 0 ? "" : "not ")}null",
            4 => $"{name} in [{random.Next(3)}, {random.Next(3)}]",
            5 => random.Next(2) == 0 ? $"{name} between {random.Next(3)} and {random.Next(3)}" : "event.x < event.y",
            6 or 7 => $"not ({Condition(random, depth - 1)})",
            8 or 9 => $"({Condition(random, depth - 1)} or {Condition(random, depth - 1)})",
            _ => $"({Condition(random, depth - 1)} and {Condition(random, depth - 1)})",
        };
    }

    private static object? Value(Expression expression, Dictionary<string, object?> values) => expression switch
    {
        LiteralExpression literal => literal.Type switch
        {
            StreamEngage.Rules.Expressions.ValueType.Null => null,
            StreamEngage.Rules.Expressions.ValueType.Text => literal.Text,
            StreamEngage.Rules.Expressions.ValueType.Boolean => literal.Number != 0,
            _ => literal.Number,
        },
        NameExpression name => values[name.Property],
        UnaryExpression unary => Value(unary.Operand, values) is bool operand ? !operand : null,
        BinaryExpression { Operator: BinaryOperator.And } and => And(Value(and.Left, values), Value(and.Right, values)),
        BinaryExpression { Operator: BinaryOperator.Or } or => Not(And(Not(Value(or.Left, values)), Not(Value(or.Right, values)))),
        BinaryExpression comparison => Compares(comparison.Operator, Value(comparison.Left, values), Value(comparison.Right, values)),
        InExpression of => of.Items.Any(item => Compares(BinaryOperator.Equal, Value(of.Operand, values), Value(item, values))),
        BetweenExpression between => Compares(BinaryOperator.GreaterOrEqual, Value(between.Operand, values), Value(between.Low, values))
            && Compares(BinaryOperator.LessOrEqual, Value(between.Operand, values), Value(between.High, values)),
        IsNullExpression isNull => Value(isNull.Operand, values) is null != isNull.Negated,
        _ => throw new ArgumentException(expression.GetType().Name, nameof(expression)),
    };

    private static bool? And(object? a, object? b) => a is false || b is false ? false : a is true && b is true ? true : null;

    private static bool? Not(object? a) => a is bool value ? !value : null;

    private static bool Compares(BinaryOperator op, object? a, object? b)
    {
        if (a is null || b is null)
            return false;
        if (a.GetType() != b.GetType())
            return op == BinaryOperator.NotEqual;
        var order = a is string text ? string.CompareOrdinal(text, (string)b) : ((IComparable)a).CompareTo(b);
        return op switch
        {
            BinaryOperator.Equal => order == 0,
            BinaryOperator.NotEqual => order != 0,
            BinaryOperator.Less => order < 0,
            BinaryOperator.LessOrEqual => order <= 0,
            BinaryOperator.Greater => order > 0,
            _ => order >= 0,
        };
    }
}
