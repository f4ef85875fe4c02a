using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Why the constraints of one branch cannot hold together.</summary>
internal static class BranchConflict
{
    /// <summary>The constraints that contradict each other, as text; null when none is found.</summary>
    public static string? Of(IReadOnlyList<TermConstraint> branch, ExpressionScope scope)
    {
        var terms = branch.GroupBy(c => c.Key, StringComparer.Ordinal).ToList();
        foreach (var term in terms)
        {
            if (!CanBe([.. term], scope))
                return string.Join(" and ", term.Select(c => c.Source).Distinct(StringComparer.Ordinal));
        }

        return Between(terms);
    }

    private static bool CanBe(IReadOnlyList<TermConstraint> constraints, ExpressionScope scope)
    {
        var term = constraints[0].Term;
        var kinds = TermRange.KindsOf(term, ExpressionTypes.Check(term, scope, []));
        kinds = constraints.Aggregate(kinds, (k, c) => k & c.Kinds);
        return (kinds & (Kinds.Null | Kinds.List)) != 0
            || (kinds.HasFlag(Kinds.Number) && CanBeNumber(term, constraints))
            || (kinds.HasFlag(Kinds.Text) && CanBeText(constraints))
            || (kinds.HasFlag(Kinds.Boolean) && CanBeBoolean(constraints));
    }

    private static bool CanBeNumber(Expression term, IReadOnlyList<TermConstraint> constraints) =>
        constraints.All(c => c.Equal is null) && !RangeOf(constraints).IsEmptyWithout(Excluded<double>(constraints), TermRange.IsWhole(term));

    private static bool CanBeText(IReadOnlyList<TermConstraint> constraints)
    {
        var equal = constraints.Select(c => c.Equal).OfType<object>().Distinct().ToList();
        return equal.Count == 0 || (equal is [string text] && !Excluded<string>(constraints).Contains(text, StringComparer.Ordinal));
    }

    private static bool CanBeBoolean(IReadOnlyList<TermConstraint> constraints)
    {
        var excluded = Excluded<bool>(constraints);
        return ((bool[])[true, false]).Any(value => !excluded.Contains(value) && constraints.All(c => c.Equal is null || c.Equal.Equals(value)));
    }

    private static List<T> Excluded<T>(IReadOnlyList<TermConstraint> constraints) => constraints.Select(c => c.Excluded).OfType<T>().ToList();

    private static Interval RangeOf(IEnumerable<TermConstraint> constraints)
    {
        var all = constraints.ToList();
        var range = all.Aggregate(TermRange.Of(all[0].Term), (r, c) => r.And(c.Range));
        return TermRange.IsWhole(all[0].Term) ? range.Whole() : range;
    }

    /// <remarks>A window inside another can neither count more nor have a greater maximum than the outer one.</remarks>
    private static string? Between(IReadOnlyList<IGrouping<string, TermConstraint>> terms)
    {
        var windows = terms.Where(t => t.First().Term is WindowExpression && t.All(c => c.Kinds == Kinds.Number)).ToList();
        foreach (var inner in windows)
        {
            foreach (var outer in windows.Where(o => IsInside((WindowExpression)inner.First().Term, (WindowExpression)o.First().Term)))
            {
                var (less, more) = ((WindowExpression)inner.First().Term).Function == WindowFunction.Min ? (outer, inner) : (inner, outer);
                if (IsAbove(RangeOf(less), RangeOf(more)))
                    return $"{inner.First().Source} and {outer.First().Source}";
            }
        }

        return null;
    }

    private static bool IsAbove(Interval less, Interval more) =>
        less.Low > more.High || (less.Low == more.High && (less.LowOpen || more.HighOpen));

    private static bool IsInside(WindowExpression inner, WindowExpression outer)
    {
        var grows = inner.Function is WindowFunction.Count or WindowFunction.Distinct or WindowFunction.Max or WindowFunction.Min;
        return grows && inner != outer && inner.Function == outer.Function && inner.EventType == outer.EventType && inner.Property == outer.Property
            && (outer.Filter is null || Text(inner.Filter) == Text(outer.Filter))
            && (outer.By is null || inner.By == outer.By)
            && ReachesNoFurther(inner, outer);
    }

    private static string? Text(Expression? filter) => filter is null ? null : ExpressionText.Canonical(filter);

    private static bool ReachesNoFurther(WindowExpression inner, WindowExpression outer)
    {
        // Daily entries reach back by whole days, so two lengths are only comparable when neither or both are daily.
        if (inner.Daily != outer.Daily)
            return false;
        return (inner.Unit, outer.Unit) switch
        {
            (WindowUnit.Rolling, WindowUnit.Rolling) => inner.LengthMilliseconds <= outer.LengthMilliseconds,
            (WindowUnit.Today, WindowUnit.Today or WindowUnit.ThisWeek) => true,
            (WindowUnit.ThisWeek, WindowUnit.ThisWeek) => true,
            _ => false,
        };
    }
}
