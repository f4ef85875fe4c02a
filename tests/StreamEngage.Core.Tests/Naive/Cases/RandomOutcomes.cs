using System.Globalization;
using System.Text;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Models of a random rulebook, and what its triggers make of scores and of what came of their prompts.</summary>
internal sealed class RandomOutcomes(Dice dice, CaseSetting setting, RandomExpression expression)
{
    /// <summary>Weights and values are eighths, so that every order of adding gives the same sum.</summary>
    public string Model(string name)
    {
        var text = new StringBuilder($"model: {name}\nkind: linear\nlink: {dice.Of("identity", "identity", "logistic")}\nbias: {Eighths()}\nfeatures:\n");
        var count = dice.Between(1, 6);
        for (var i = 0; i < count; i++)
            text.Append(CultureInfo.InvariantCulture, $"  f{i}: {{value: '{Value()}', weight: {Eighths()}, missing: {Eighths()}}}\n");
        return text.ToString();
    }

    public string Decide(bool hasVariants)
    {
        var decide = "";
        if (dice.Chance(25))
            decide += $"  score: {{model: {dice.Of("m", "n")}, at_least: {dice.Of("0.3", "0.5", "1.5")}}}\n";
        if (dice.Chance(15))
            decide += $"  uplift: {{model: {dice.Of("m", "n")}, at_least: {dice.Of("0.2", "0.4", "2")}}}\n";
        if (!hasVariants && dice.Chance(40))
            decide += "  variants: {bandit: thompson, arms: [plain, urgent, calm]}\n";
        if (!setting.Gates && dice.Chance(20))
            decide += "  holdout: 0.4\n";
        return dice.Chance(40) ? decide + "  supersede: true\n" : decide;
    }

    private string Value() => dice.Between(0, 6) switch
    {
        0 => $"count({expression.Type()}) over {expression.Length()}",
        1 => $"max({expression.Type()}.price) over {expression.Length()}",
        2 => $"since({expression.Type()}) / 1s",
        3 => expression.OnUser(),
        4 => $"last({expression.Type()}.price) over {expression.Length()}",
        5 => "user.score",
        _ => $"count({expression.Type()}) over {expression.Length()}",
    };

    private string Eighths() => (dice.Between(-8, 12) / 8.0).ToString(CultureInfo.InvariantCulture);
}
