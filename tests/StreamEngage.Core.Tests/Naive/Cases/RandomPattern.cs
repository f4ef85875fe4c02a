namespace StreamEngage.Tests.Naive.Cases;

/// <summary>The text of a random <c>pattern:</c>.</summary>
internal sealed class RandomPattern(Dice dice, CaseSetting setting, RandomExpression expression)
{
    private readonly List<string> _aliases = [];
    private readonly List<string> _required = [];

    /// <summary>The names of the steps, for predicates.</summary>
    public IReadOnlyList<string> Aliases => _aliases;

    public string On()
    {
        var count = dice.Of(2, 2, 2, 3, 3, 4);
        var required = dice.Between(0, count - 1);
        var steps = new List<string>();
        for (var i = 0; i < count; i++)
        {
            if (i > 0 && dice.Chance(20))
                steps.Add(Not(dice.Chance(25) ? ", contiguity: next" : ""));
            steps.Add(Step(i, optional: i != required && dice.Chance(20)));
        }

        if (dice.Chance(15))
            steps.Add(Not($", for: {expression.Length()}"));
        var within = dice.Chance(60) ? $"\n  within: {expression.Length()}" : "";
        return $"on:\n  pattern:\n{string.Concat(steps.Select(s => $"    - {s}\n"))}  skip: {Skip()}{within}\n";
    }

    private string Not(string more) => $"{{not: {expression.Type()}{Where("event", 25)}{more}}}";

    private string Step(int index, bool optional)
    {
        var where = index > 0 && dice.Chance(8)
            ? $", where: 'event.price {dice.Of(">=", "<=", "=")} {_aliases[0]}.price'"
            : Where("event", 25);
        var alias = $"s{index}";
        _aliases.Add(alias);
        if (!optional)
            _required.Add(alias);
        var contiguity = index > 0 ? dice.Of("", "", "", ", contiguity: next", ", contiguity: any", ", contiguity: then") : "";
        var within = index > 0 && dice.Chance(15) ? $", within: {expression.Length()}" : "";
        return $"{{event: {expression.Type()}, as: {alias}{where}{contiguity}{Loop()}{within}{(optional ? ", optional: true" : "")}}}";
    }

    private string Loop()
    {
        if (!dice.Chance(35))
            return "";
        var times = dice.Of("2", "3", "1..", "1..", "2..", "1..2", "2..3", "1..3");
        var loop = dice.Of("", "", ", loop: next", ", loop: any", ", loop: then");
        var greedy = dice.Chance(25) ? ", greedy: true" : "";
        var until = dice.Chance(20) ? $", until: '{dice.Of($"event.type = \"{expression.Type()}\"", expression.OnEvent("event"))}'" : "";
        return $", times: {times}{loop}{greedy}{until}";
    }

    private string Skip() => dice.Between(0, 6) switch
    {
        0 or 1 => "none",
        2 => "to_next",
        3 => $"to_first({Target()})",
        4 => $"to_last({Target()})",
        _ => "past_last",
    };

    private string Target() => dice.Of(setting.Unsettled ? _aliases : _required);

    private string Where(string name, int percent) => dice.Chance(percent) ? $", where: '{expression.OnEvent(name)}'" : "";
}
