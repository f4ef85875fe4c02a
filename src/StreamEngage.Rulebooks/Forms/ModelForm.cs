using StreamEngage.Rulebooks.Yaml;
using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Forms;

/// <summary>A file of the models folder: <c>model</c>, <c>kind</c>, <c>link</c>, <c>bias</c>, <c>features</c>, <c>description</c>.</summary>
internal static class ModelForm
{
    private enum ModelKind { Linear }

    public static ModelDefinition? Read(YamlNode root, ICollection<Problem> problems)
    {
        if (Section.Of(root, "a model", problems) is not { } section)
            return null;
        var name = TriggerForm.KebabName(section, "model", "the model's unique name, in kebab-case");
        section.Choice<ModelKind>("kind");
        if (!section.Has("kind"))
            section.Missing("kind", "linear");
        var model = new ModelDefinition(name?.At ?? root.At, name?.Text ?? "")
        {
            Link = section.Choice<ModelLink>("link") ?? ModelLink.Logistic,
            Bias = section.Number("bias", double.NegativeInfinity, double.PositiveInfinity) ?? 0,
            Features = section.Inner("features") is { } features ? Features(features) : [],
        };
        if (!section.Has("features"))
            section.Missing("features", "a map of names to {value: \"<expression>\", weight: <number>}");
        section.Text("description");
        section.Close();
        return name is null ? null : model;
    }

    private static List<ModelFeature> Features(Section section)
    {
        if (section.Entries.Count > Limits.ModelFeaturesMax)
            section.Report(section.At, "too-many", $"a model may have {Limits.ModelFeaturesMax} features, this has {section.Entries.Count}");
        var features = new List<ModelFeature>();
        foreach (var (key, node) in section.Entries.Take(Limits.ModelFeaturesMax))
        {
            if (!Section.IsName(key.Text))
                section.Report(key.At, "name", $"a feature has a name of at most {RulebookLimits.NameMax} characters");
            else if (Section.Of(node, $"feature {key.Text}", section.Problems) is { } feature && Feature(key.Text, feature) is { } read)
                features.Add(read);
        }

        return features;
    }

    private static ModelFeature? Feature(string name, Section section)
    {
        var value = section.Expression("value");
        var weight = section.Number("weight", double.NegativeInfinity, double.PositiveInfinity);
        var missing = section.Number("missing", double.NegativeInfinity, double.PositiveInfinity) ?? 0;
        section.Close();
        if (!section.Has("value"))
            section.Missing("value", "an expression");
        if (!section.Has("weight"))
            section.Missing("weight", "a number");
        return value is null || weight is null ? null : new ModelFeature(name, value, weight.Value, missing);
    }
}
