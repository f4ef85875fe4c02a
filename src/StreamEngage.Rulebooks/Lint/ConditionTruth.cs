using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>
/// Whether a condition can be true, and whether it can be anything else. Errs to one side only: what is said to be
/// impossible is impossible.
/// </summary>
internal sealed class ConditionTruth
{
    private readonly ExpressionScope _scope;
    private readonly string? _eventAlias;
    private readonly ConditionBranches _branches;

    /// <param name="scope">What the conditions can name.</param>
    /// <param name="eventAlias">An alias of the event itself here, or null: its properties are those of <c>event</c>.</param>
    public ConditionTruth(ExpressionScope scope, string? eventAlias = null)
    {
        _scope = scope;
        _eventAlias = eventAlias;
        _branches = new ConditionBranches(Key);
    }

    /// <summary>The contradiction that keeps the condition from ever being true; null when it can be.</summary>
    public string? NeverTrue(Expression condition) => Contradiction(_branches.Of(condition, Wanted.True));

    /// <summary>True when nothing but true is possible.</summary>
    public bool AlwaysTrue(Expression condition) => Contradiction(_branches.Of(condition, Wanted.NotTrue)) is not null;

    /// <summary>The contradiction when both cannot be true at once; null when they can.</summary>
    public string? NeverBoth(Expression first, Expression second) =>
        Contradiction(ConditionBranches.Both(_branches.Of(first, Wanted.True), _branches.Of(second, Wanted.True)));

    /// <summary>True when the second is true whenever the first is. No condition is one that always holds.</summary>
    public bool Implies(Expression? first, Expression? second)
    {
        if (second is null)
            return true;
        var given = first is null ? [[]] : _branches.Of(first, Wanted.True);
        return Contradiction(ConditionBranches.Both(given, _branches.Of(second, Wanted.NotTrue))) is not null;
    }

    private string? Contradiction(List<TermConstraint[]>? branches)
    {
        if (branches is null)
            return null;
        var first = "it is the constant false";
        for (var i = 0; i < branches.Count; i++)
        {
            if (BranchConflict.Of(branches[i], _scope) is not { } conflict)
                return null;
            first = i == 0 ? conflict : first;
        }

        return first;
    }

    private string Key(Expression term)
    {
        var text = ExpressionText.Canonical(term);
        return term is NameExpression name && name.Scope == _eventAlias ? $"event.{name.Property}" : text;
    }
}
