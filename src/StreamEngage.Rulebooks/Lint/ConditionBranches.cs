using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>What a condition is asked to be. It has three values: true, false and null.</summary>
internal enum Wanted { True, False, NotTrue, NotFalse }

/// <summary>
/// All the ways in which a condition can be what is wanted: a list of branches, each a list of constraints that hold
/// together. What is not understood constrains nothing, so a way is never lost; null when there are too many to list.
/// </summary>
internal sealed class ConditionBranches(Func<Expression, string> keyOf)
{
    private const int BranchesMax = 512;

    private static readonly List<TermConstraint[]> Always = [[]];
    private static readonly List<TermConstraint[]> Never = [];

    public List<TermConstraint[]>? Of(Expression condition, Wanted wanted) => condition switch
    {
        UnaryExpression { Operator: UnaryOperator.Not } not => Of(not.Operand, Inverse(wanted)),
        BinaryExpression { Operator: BinaryOperator.And } and => Joined(and.Left, and.Right, wanted, all: wanted is Wanted.True or Wanted.NotFalse),
        BinaryExpression { Operator: BinaryOperator.Or } or => Joined(or.Left, or.Right, wanted, all: wanted is Wanted.False or Wanted.NotTrue),
        BinaryExpression { Operator: < BinaryOperator.Add } comparison => Comparison(comparison, IsTrue(wanted)),
        InExpression of => In(of, IsTrue(wanted)),
        BetweenExpression between => Between(between, wanted),
        IsNullExpression isNull => IsNull(isNull, IsTrue(wanted)),
        LiteralExpression literal => Literal(literal, wanted),
        _ => Opaque(condition, wanted),
    };

    /// <summary>Both lists at once; null when there are too many.</summary>
    public static List<TermConstraint[]>? Both(List<TermConstraint[]>? left, List<TermConstraint[]>? right)
    {
        if (left is null || right is null || (long)left.Count * right.Count > BranchesMax)
            return null;
        return left.SelectMany(a => right.Select(b => (TermConstraint[])[.. a, .. b])).ToList();
    }

    private static Wanted Inverse(Wanted wanted) => wanted switch
    {
        Wanted.True => Wanted.False,
        Wanted.False => Wanted.True,
        Wanted.NotTrue => Wanted.NotFalse,
        _ => Wanted.NotTrue,
    };

    /// <remarks>Comparisons are never null, so not false is true.</remarks>
    private static bool IsTrue(Wanted wanted) => wanted is Wanted.True or Wanted.NotFalse;

    private static List<TermConstraint[]>? Either(List<TermConstraint[]>? left, List<TermConstraint[]>? right) =>
        left is null || right is null || left.Count + right.Count > BranchesMax ? null : [.. left, .. right];

    private static string Shown(BinaryOperator op) => op switch
    {
        BinaryOperator.Equal => "=",
        BinaryOperator.NotEqual => "!=",
        BinaryOperator.Less => "<",
        BinaryOperator.LessOrEqual => "<=",
        BinaryOperator.Greater => ">",
        _ => ">=",
    };

    private static BinaryOperator Mirrored(BinaryOperator op) => op switch
    {
        BinaryOperator.Less => BinaryOperator.Greater,
        BinaryOperator.LessOrEqual => BinaryOperator.GreaterOrEqual,
        BinaryOperator.Greater => BinaryOperator.Less,
        BinaryOperator.GreaterOrEqual => BinaryOperator.LessOrEqual,
        _ => op,
    };

    private static BinaryOperator Complement(BinaryOperator op) => op switch
    {
        BinaryOperator.Less => BinaryOperator.GreaterOrEqual,
        BinaryOperator.LessOrEqual => BinaryOperator.Greater,
        BinaryOperator.Greater => BinaryOperator.LessOrEqual,
        _ => BinaryOperator.Less,
    };

    private static Interval Range(BinaryOperator op, double value) => op switch
    {
        BinaryOperator.Equal => Interval.Point(value),
        BinaryOperator.Less => Interval.All with { High = value, HighOpen = true },
        BinaryOperator.LessOrEqual => Interval.All with { High = value, HighOpen = false },
        BinaryOperator.Greater => Interval.All with { Low = value, LowOpen = true },
        BinaryOperator.GreaterOrEqual => Interval.All with { Low = value, LowOpen = false },
        _ => Interval.All,
    };

    private static Kinds KindOf(LiteralExpression literal) => literal.Type switch
    {
        ValueType.Text => Kinds.Text,
        ValueType.Boolean => Kinds.Boolean,
        _ => Kinds.Number,
    };

    private static object ValueOf(LiteralExpression literal) => literal.Type switch
    {
        ValueType.Text => literal.Text ?? "",
        ValueType.Boolean => literal.Number != 0,
        _ => literal.Number,
    };

    private static List<TermConstraint[]> Literal(LiteralExpression literal, Wanted wanted)
    {
        var (isTrue, isFalse) = (literal is { Type: ValueType.Boolean, Number: not 0 }, literal is { Type: ValueType.Boolean, Number: 0 });
        var met = wanted switch { Wanted.True => isTrue, Wanted.False => isFalse, Wanted.NotTrue => !isTrue, _ => !isFalse };
        return met ? Always : Never;
    }

    private List<TermConstraint[]>? Joined(Expression left, Expression right, Wanted wanted, bool all) => all
        ? Both(Of(left, wanted), Of(right, wanted))
        : Either(Of(left, wanted), Of(right, wanted));

    private List<TermConstraint[]>? Between(BetweenExpression between, Wanted wanted)
    {
        var low = new BinaryExpression(between.At, BinaryOperator.GreaterOrEqual, between.Operand, between.Low);
        var high = new BinaryExpression(between.At, BinaryOperator.LessOrEqual, between.Operand, between.High);
        return Of(new BinaryExpression(between.At, BinaryOperator.And, low, high), wanted);
    }

    private List<TermConstraint[]>? In(InExpression of, bool holds)
    {
        // A list is in another when any element is: nothing is known of it either way.
        var branches = holds ? [[Constraint(of.Operand, Kinds.List, "is a list")]] : Always;
        foreach (var item in of.Items)
        {
            var equal = Comparison(new BinaryExpression(of.At, BinaryOperator.Equal, of.Operand, item), holds);
            branches = holds ? Either(branches, equal) : Both(branches, equal);
            if (branches is null)
                return null;
        }

        return branches;
    }

    private List<TermConstraint[]> IsNull(IsNullExpression isNull, bool holds)
    {
        var wantsNull = isNull.Negated != holds;
        if (ConstantValue.Of(isNull.Operand) is { } constant)
            return constant.Type == ValueType.Null == wantsNull ? Always : Never;
        return wantsNull
            ? [[Constraint(isNull.Operand, Kinds.Null, "is null")]]
            : [[Constraint(isNull.Operand, Kinds.Anything & ~Kinds.Null, "is not null")]];
    }

    private List<TermConstraint[]> Comparison(BinaryExpression comparison, bool holds)
    {
        var (left, right) = (ConstantValue.Of(comparison.Left), ConstantValue.Of(comparison.Right));
        if (left is { Type: ValueType.Null } || right is { Type: ValueType.Null })
            return holds ? Never : Always;
        if (left is not null && right is not null)
            return ConstantValue.Compares(comparison.Operator, left, right) == holds ? Always : Never;
        if (right is not null)
            return Against(comparison.Left, comparison.Operator, right, holds);
        return left is not null
            ? Against(comparison.Right, Mirrored(comparison.Operator), left, holds)
            : OfTwo(comparison, holds);
    }

    private List<TermConstraint[]> Against(Expression term, BinaryOperator op, LiteralExpression value, bool holds)
    {
        var kind = KindOf(value);
        var shown = $"{(holds ? "" : "not ")}{Shown(op)} {ExpressionText.Canonical(value)}";
        var any = Constraint(term, Kinds.Anything, shown);
        if (op is BinaryOperator.Equal or BinaryOperator.NotEqual)
            return op == BinaryOperator.Equal == holds ? Equality(any, op, kind, value) : [[Unequal(any, op, value)]];
        if (holds)
            return [[any with { Kinds = kind, Range = kind == Kinds.Number ? Range(op, value.Number) : Interval.All }]];
        var other = any with { Kinds = Kinds.Anything & ~kind };
        var within = any with { Kinds = kind, Range = kind == Kinds.Number ? Range(Complement(op), value.Number) : Interval.All };
        return [[other], [within]];
    }

    private static List<TermConstraint[]> Equality(TermConstraint any, BinaryOperator op, Kinds kind, LiteralExpression value)
    {
        var equal = any with
        {
            Kinds = kind,
            Range = kind == Kinds.Number ? Interval.Point(value.Number) : Interval.All,
            Equal = kind == Kinds.Number ? null : ValueOf(value),
        };

        // not (x != 5) also holds where x is null or of another kind.
        return op == BinaryOperator.Equal ? [[equal]] : [[equal], [any with { Kinds = Kinds.Anything & ~kind }]];
    }

    private static TermConstraint Unequal(TermConstraint any, BinaryOperator op, LiteralExpression value) => any with
    {
        Kinds = op == BinaryOperator.NotEqual ? Kinds.Anything & ~Kinds.Null : Kinds.Anything,
        Excluded = ValueOf(value),
    };

    private List<TermConstraint[]> OfTwo(BinaryExpression comparison, bool holds)
    {
        var difference = TermRange.Of(comparison.Left).Plus(TermRange.Of(comparison.Right).Negated());
        var strict = comparison.Operator is BinaryOperator.Less or BinaryOperator.Greater or BinaryOperator.NotEqual;
        var same = keyOf(comparison.Left) == keyOf(comparison.Right);
        var impossible = difference.And(Range(comparison.Operator, 0)).IsEmptyWithout([], whole: false) || (same && strict);
        if (impossible)
            return holds ? Never : Always;
        return Opaque(comparison, holds ? Wanted.True : Wanted.NotTrue);
    }

    private List<TermConstraint[]> Opaque(Expression condition, Wanted wanted)
    {
        var value = wanted is Wanted.True or Wanted.NotFalse;
        var constraint = Constraint(condition, Kinds.Anything, value ? "holds" : "does not hold");
        return wanted == Wanted.True
            ? [[constraint with { Kinds = Kinds.Boolean, Equal = true }]]
            : [[constraint with { Excluded = !value }]];
    }

    private TermConstraint Constraint(Expression term, Kinds kinds, string demand) =>
        new(term, keyOf(term), kinds, $"{ExpressionText.Canonical(term)} {demand}");
}
