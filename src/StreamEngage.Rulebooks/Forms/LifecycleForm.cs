using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>What policy.yaml says of users' lives: <c>lifecycle</c> and <c>rfm</c>.</summary>
internal static class LifecycleForm
{
    public static LifecyclePolicy Lifecycle(Section section)
    {
        var defaults = new LifecyclePolicy();
        var policy = new LifecyclePolicy
        {
            NewMilliseconds = section.Duration("new", least: 0) ?? defaults.NewMilliseconds,
            AtRiskMilliseconds = section.Duration("at_risk", least: 1) ?? defaults.AtRiskMilliseconds,
            DormantMilliseconds = section.Duration("dormant", least: 1) ?? defaults.DormantMilliseconds,
            ChurnedMilliseconds = section.Duration("churned", least: 1) ?? defaults.ChurnedMilliseconds,
            ResurrectedMilliseconds = section.Duration("resurrected", least: 0) ?? defaults.ResurrectedMilliseconds,
            Return = section.Whole("return", 1, RulebookLimits.ReturnMax) ?? defaults.Return,
            Of = section.Names("of") ?? [],
        };
        section.Close();
        CheckOrder(section, "dormant", policy.DormantMilliseconds, "at_risk", policy.AtRiskMilliseconds);
        CheckOrder(section, "churned", policy.ChurnedMilliseconds, "dormant", policy.DormantMilliseconds);
        return policy;
    }

    public static RfmPolicy Rfm(Section section)
    {
        var defaults = new RfmPolicy();
        var monetary = section.Scalar("monetary", "an event type and its property, such as purchase.value");
        var dot = monetary?.Text.IndexOf('.', StringComparison.Ordinal) ?? 0;
        if (monetary is not null && (dot < 1 || dot == monetary.Text.Length - 1))
            section.Report(monetary.At, "shape", $"'monetary' takes an event type and its property, such as purchase.value; this is {monetary.Shown}");
        var names = dot < 1 ? (Type: null, Property: null) : (Type: monetary!.Text[..dot], Property: monetary.Text[(dot + 1)..]);
        var policy = new RfmPolicy
        {
            OverMilliseconds = section.Duration("over", least: 1) ?? defaults.OverMilliseconds,
            Recency = section.Name("recency", "an event type"),
            Frequency = section.Name("frequency", "an event type") ?? names.Type ?? defaults.Frequency,
            MonetaryType = names.Type ?? defaults.MonetaryType,
            MonetaryProperty = names.Property ?? defaults.MonetaryProperty,
            Scores = section.Whole("scores", 2, RulebookLimits.ScoresMax) ?? defaults.Scores,
        };
        section.Close();
        if (policy.OverMilliseconds > ExpressionLimits.WindowMax)
            section.Report(section.KeyAt("over"), "shape", $"'over' is at most {DurationText.Format(ExpressionLimits.WindowMax)}");
        return policy;
    }

    private static void CheckOrder(Section section, string longer, long milliseconds, string shorter, long than)
    {
        if (milliseconds <= than)
            section.Report(
                section.KeyAt(section.Has(longer) ? longer : shorter),
                "lifecycle",
                $"'{longer}' ({DurationText.Format(milliseconds)}) must be longer than '{shorter}' ({DurationText.Format(than)})");
    }
}
