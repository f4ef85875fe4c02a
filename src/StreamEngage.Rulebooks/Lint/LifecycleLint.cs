using StreamEngage.Detect;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>What the policy says of users' lives and nobody reads, and stages that no user can come to.</summary>
internal sealed class LifecycleLint(RulebookDefinition rulebook, Findings findings)
{
    public void Check()
    {
        var terms = Expressions().SelectMany(ExpressionTree.Terms).ToList();
        var names = terms.OfType<NameExpression>().Where(name => name.Scope == "user");
        var read = names.Select(name => name.Property).ToHashSet(StringComparer.Ordinal);
        CheckRead("lifecycle", read.Contains("stage"), "user.stage, or a segment lifecycle/...");
        var measured = read.Overlaps(["recency", "frequency", "monetary", "r_score", "f_score", "m_score"]);
        CheckRead("rfm", measured, "user.recency, user.frequency, user.monetary or a score");
        foreach (var asked in terms.SelectMany(Asked))
            CheckReached(asked);
    }

    private void CheckRead(string section, bool isRead, string names)
    {
        if (!isRead && rulebook.Policy.Places.TryGetValue(section, out var at))
            findings.Warn(at, $"unused-{section}", $"nothing reads {names}; leave '{section}' out");
    }

    private void CheckReached(LiteralExpression stage)
    {
        var policy = rulebook.Policy.Lifecycle;
        var never = stage.Text switch
        {
            "new" => policy.NewMilliseconds == 0,
            "resurrected" => policy.ResurrectedMilliseconds == 0,
            _ => false,
        };
        if (never)
            findings.Warn(stage.At, "never-reached", $"nobody is ever {stage.Text}: the policy says 'lifecycle: {{{stage.Text}: 0s}}'");
    }

    /// <summary>The texts with which the stage is compared.</summary>
    private static IEnumerable<LiteralExpression> Asked(Expression term) => term switch
    {
        BinaryExpression { Operator: BinaryOperator.Equal } equal when UserNames.IsStage(equal.Left) => Texts([equal.Right]),
        BinaryExpression { Operator: BinaryOperator.Equal } equal when UserNames.IsStage(equal.Right) => Texts([equal.Left]),
        InExpression of when UserNames.IsStage(of.Operand) => Texts(of.Items),
        _ => [],
    };

    private static IEnumerable<LiteralExpression> Texts(IEnumerable<Expression> terms) =>
        terms.OfType<LiteralExpression>().Where(literal => literal.Text is not null);

    private IEnumerable<Expression> Expressions() => rulebook.Triggers.SelectMany(TriggerExpressions.Of)
        .Concat(rulebook.Segments.Select(segment => segment.If))
        .Concat(rulebook.Models.SelectMany(model => model.Features).Select(feature => feature.Value));
}
