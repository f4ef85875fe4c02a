using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>The score of a linear model.</summary>
internal static class NaiveModel
{
    /// <summary>Null where there is no such model, or the score is no number.</summary>
    public static object? Score(RulebookDefinition rulebook, string name, NaiveUser user, long at)
    {
        if (rulebook.Models.FirstOrDefault(m => m.Name == name) is not { } model)
            return null;
        var scope = new NaiveScope(user, at);
        var sum = model.Bias + model.Features.Sum(f => f.Weight * Number(NaiveExpression.Value(f.Value, scope), f.Missing));
        var score = model.Link == ModelLink.Identity ? sum : 1 / (1 + Math.Exp(-sum));
        return double.IsFinite(score) ? score : null;
    }

    private static double Number(object? value, double missing) => value switch
    {
        double number => number,
        bool flag => flag ? 1 : 0,
        _ => missing,
    };
}
