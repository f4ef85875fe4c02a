namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Templates of a random rulebook, and prompts whose values they may lack.</summary>
internal sealed class RandomTemplates(Dice dice, CaseSetting setting, RandomExpression expression)
{
    private static readonly string[] Fields = ["what", "worth", "who"];

    public static IEnumerable<(string File, string Text)> Files() =>
    [
        ("templates/strict.hbs", "{{what}} for {{ worth }}"),
        ("templates/polite.hbs", "{{who|you}}: {{what}}"),
        ("templates/easy.hbs", "{{ what | something }} for {{worth|nothing}}"),
    ];

    /// <summary>What stands between the braces of <c>prompt</c>; empty: no template.</summary>
    /// <param name="names">Events that values may be read of.</param>
    public string Prompt(IReadOnlyList<string> names)
    {
        if (!setting.Templates || dice.Chance(40))
            return "";
        var data = Fields.Where(_ => dice.Chance(85)).Select(field => $"{field}: '{Value(names)}'");
        return $"template: {dice.Of("strict", "strict", "polite", "easy")}, data: {{{string.Join(", ", data)}}}";
    }

    private string Value(IReadOnlyList<string> names) => dice.Between(0, 6) switch
    {
        0 or 1 or 2 when names.Count > 0 => $"{dice.Of(names)}.{dice.Of("cat", "item", "price")}",
        3 when setting.Has.HasFlag(CaseFeatures.Profiles) => "user.tier",
        4 => $"max({expression.Type()}.price) over {expression.Length()}",
        5 => $"since({expression.Type()})",
        _ => $"last({expression.Type()}.cat) over {expression.Length()}",
    };
}
