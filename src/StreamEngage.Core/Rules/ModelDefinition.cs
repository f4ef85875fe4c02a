using System.Globalization;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rules;

/// <summary>A model as its file says it: numbers read of a user, and how they make one. Immutable.</summary>
/// <param name="At">Where its name is written.</param>
/// <param name="Name">Unique, kebab-case.</param>
internal sealed record ModelDefinition(SourcePosition At, string Name)
{
    /// <summary>What is made of the sum; default <see cref="ModelLink.Logistic"/>.</summary>
    public ModelLink Link { get; init; }

    /// <summary>What the sum begins with.</summary>
    public double Bias { get; init; }

    /// <summary>In the order written, which is the order they are added in.</summary>
    public IReadOnlyList<ModelFeature> Features { get; init; } = [];
}

/// <summary>What a model makes of the sum of its weighted features.</summary>
internal enum ModelLink
{
    /// <summary>A probability: 1 / (1 + e^-sum).</summary>
    Logistic,

    /// <summary>The sum itself.</summary>
    Identity,
}

/// <summary>A number that a model reads of a user.</summary>
/// <param name="Name">Its name, unique in the model.</param>
/// <param name="Value">A number, a duration (in milliseconds) or a boolean (1 or 0). Reads windows, <c>user.x</c>, <c>session.x</c> and the clock.</param>
/// <param name="Weight">What it is multiplied by.</param>
/// <param name="Missing">What stands for it where its value is null or no number.</param>
internal sealed record ModelFeature(string Name, Expression Value, double Weight, double Missing);

/// <summary>A gate on a model's score.</summary>
/// <param name="Model">Name of the model.</param>
/// <param name="AtLeast">The least score that passes.</param>
internal sealed record ScoreThreshold(string Model, double AtLeast);

/// <summary>Finds what expressions read through models, and through names that stand for something else.</summary>
internal sealed class ModelTerms(IReadOnlyList<ModelDefinition> models, UserNames names)
{
    /// <summary>The name of the model a term asks; null for every other term.</summary>
    public static string? ModelOf(Expression term) =>
        term is CallExpression { Function: "score", Arguments: [LiteralExpression { Text: { } name }] } ? name : null;

    /// <summary>All that the policy and the models say which the expression asks; empty where it asks none.</summary>
    public string Meaning(Expression expression) => names.Meaning(expression)
        + string.Concat(models.Where(model => ExpressionTree.Terms(expression).Any(term => ModelOf(term) == model.Name)).Select(Meaning));

    private string Meaning(ModelDefinition model) => string.Create(
        CultureInfo.InvariantCulture, $" {model.Name} {model.Link} {model.Bias:R} {string.Join(' ', model.Features.Select(Meaning))}");

    private string Meaning(ModelFeature feature) => string.Create(
        CultureInfo.InvariantCulture, $"{ExpressionText.Canonical(feature.Value)} {feature.Weight:R} {feature.Missing:R}{names.Meaning(feature.Value)}");

    /// <summary>The terms of the expression and, where it asks a model, of the model's features.</summary>
    public IEnumerable<Expression> Of(Expression expression)
    {
        foreach (var term in ExpressionTree.Terms(expression).Select(names.Resolve))
        {
            yield return term;
            if (models.FirstOrDefault(model => model.Name == ModelOf(term)) is not { } asked) continue;
            foreach (var inner in asked.Features.SelectMany(feature => ExpressionTree.Terms(feature.Value))) yield return names.Resolve(inner);
        }
    }
}
