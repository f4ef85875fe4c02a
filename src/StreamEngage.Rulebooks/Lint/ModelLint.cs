using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Models that nobody asks or that say the same of everybody, and thresholds that nobody or everybody reaches.</summary>
internal sealed class ModelLint(RulebookDefinition rulebook, Findings findings)
{
    public void Check()
    {
        var asked = rulebook.Triggers.SelectMany(Asked).Concat(rulebook.Segments.SelectMany(segment => Asked(segment.If))).ToHashSet(StringComparer.Ordinal);
        foreach (var model in rulebook.Models)
        {
            if (!asked.Contains(model.Name))
                findings.Warn(model.At, "unused-model", $"nothing reads score(\"{model.Name}\"), and no 'decide' asks for it");
            if (model.Features.All(feature => feature.Weight == 0))
                findings.Warn(model.At, "constant-model", $"'{model.Name}' weighs no feature, so its score is the same for everybody");
        }

        foreach (var trigger in rulebook.Triggers)
        {
            Check(trigger, trigger.Decide.Score, "decide.score.at_least");
            Check(trigger, trigger.Decide.Uplift, "decide.uplift.at_least");
        }
    }

    private IEnumerable<string> Asked(TriggerDefinition trigger) => new TriggerTerms(trigger, rulebook, null).All()
        .SelectMany(term => Asked(term.Expression))
        .Concat(new[] { trigger.Decide.Score?.Model, trigger.Decide.Uplift?.Model }.OfType<string>());

    private static IEnumerable<string> Asked(Expression expression) => ExpressionTree.Terms(expression).Select(ModelTerms.ModelOf).OfType<string>();

    /// <summary>A logistic score lies between 0 and 1.</summary>
    private void Check(TriggerDefinition trigger, ScoreThreshold? threshold, string path)
    {
        var model = rulebook.Models.FirstOrDefault(model => model.Name == threshold?.Model);
        if (threshold is null || model is not { Link: ModelLink.Logistic })
            return;
        if (threshold.AtLeast > 1)
            findings.Warn(trigger.PlaceOf(path), "never-reached", $"'{model.Name}' is logistic: its score is never above 1, so nobody passes");
        if (threshold.AtLeast <= 0)
            findings.Warn(trigger.PlaceOf(path), "always-reached", $"'{model.Name}' is logistic: its score is never below 0, so everybody passes");
    }
}
