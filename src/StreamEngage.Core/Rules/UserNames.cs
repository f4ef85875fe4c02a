using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Rules;

/// <summary>What the policy makes of names that the engine itself knows of a user.</summary>
internal sealed class UserNames(PolicyDefinition policy)
{
    /// <summary>True for <c>user.stage</c>.</summary>
    public static bool IsStage(Expression term) => term is NameExpression { Scope: "user", Property: "stage" };

    /// <summary>True for <c>user.r_score</c> and its like.</summary>
    public static bool IsScore(Expression term) => term is NameExpression { Scope: "user", Property: "r_score" or "f_score" or "m_score" };

    /// <summary>The term that a name stands for; every other term is itself.</summary>
    public Expression Resolve(Expression term) => term is NameExpression { Scope: "user" } name ? Meaning(name) ?? term : term;

    /// <summary>The term that the name of a user's property stands for; null: it stands for itself.</summary>
    public Expression? Meaning(NameExpression name) => name.Property switch
    {
        "recency" => Since(name.At, policy.Rfm.Recency ?? policy.Rfm.Frequency),
        "frequency" => Over(new(name.At, WindowFunction.Count, policy.Rfm.Frequency, null)),
        "monetary" => Over(new(name.At, WindowFunction.Sum, policy.Rfm.MonetaryType, policy.Rfm.MonetaryProperty)),
        _ => null,
    };

    /// <summary>What the policy says of the names that the expression reads; empty where it reads none.</summary>
    public string Meaning(Expression expression)
    {
        var terms = ExpressionTree.Terms(expression).ToList();
        var names = terms.OfType<NameExpression>().Where(name => name.Scope == "user").Select(Meaning).OfType<Expression>().Select(ExpressionText.Canonical);
        var policies = terms.Where(IsStage).Take(1).Select(_ => policy.Lifecycle.Meaning)
            .Concat(terms.Where(IsScore).Take(1).Select(_ => FormattableString.Invariant($"{policy.Rfm.Meaning} of {policy.Rfm.Scores}")));
        return string.Concat(names.Concat(policies).Select(meaning => $" {meaning}"));
    }

    private static CallExpression Since(SourcePosition at, string type) => new(at, "since", [new LiteralExpression(at, ValueType.Text, 0, type)]);

    private WindowExpression Over(WindowExpression window) => window with { LengthMilliseconds = policy.Rfm.OverMilliseconds };
}
