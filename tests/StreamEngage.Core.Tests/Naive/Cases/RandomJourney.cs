namespace StreamEngage.Tests.Naive.Cases;

/// <summary>The steps of a random trigger.</summary>
internal sealed class RandomJourney(Dice dice, CaseSetting setting, RandomExpression expression, RandomTemplates templates)
{
    private const int DepthMax = 2;

    private readonly List<string> _aliases = [];
    private int _awaited;

    /// <summary>Aliases of the entry, and segments, that conditions may read.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    public required IReadOnlyList<string> Segments { get; init; }

    /// <summary>False: there is no event at the entry.</summary>
    public required bool HasEvent { get; init; }

    public string Steps()
    {
        _aliases.AddRange(Names);
        return "steps:\n" + List(0, dice.Between(1, 4), "  ");
    }

    private string List(int depth, int count, string indent) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => $"{indent}- {Step(depth, indent + "  ")}\n"));

    /// <summary>Steps beside which others may be taken: what they bind can be read only after all of them.</summary>
    private string Inner(int depth, string indent, List<string> bound)
    {
        var before = _aliases.Count;
        var text = List(depth + 1, dice.Between(1, 2), indent);
        bound.AddRange(_aliases.Skip(before));
        _aliases.RemoveRange(before, _aliases.Count - before);
        return text;
    }

    private string Step(int depth, string indent) => dice.Between(0, 11) switch
    {
        0 or 1 or 2 or 3 => Prompt(),
        4 or 5 => $"wait: {expression.Length()}",
        6 or 7 => WaitForEvent(depth, indent),
        8 or 9 => WaitForCondition(depth, indent),
        10 when depth < DepthMax => Branch(depth, indent),
        11 when depth > 0 => "exit",
        _ => Prompt(),
    };

    private string Prompt()
    {
        var condition = dice.Chance(25) ? $", if: '{Condition()}'" : "";
        var channels = setting.Gates && dice.Chance(20) ? $", channels: [{dice.Of("push", "email", "sms, push")}]" : "";
        var expires = dice.Chance(15) ? $", expires: {expression.Length()}" : "";
        var template = templates.Prompt(HasEvent ? [.. _aliases, "event"] : []) is { Length: > 0 } filled ? $", {filled}" : "";
        var parts = (condition + channels + expires + template).TrimStart(',', ' ');
        return $"prompt: {{{parts}}}";
    }

    private string WaitForEvent(int depth, string indent)
    {
        var alias = dice.Chance(40) ? $"w{_awaited++}" : null;
        var named = alias is null ? "" : $", as: {alias}";
        var where = dice.Chance(40) ? $", where: '{expression.OnEvent(_aliases.Count > 0 && dice.Chance(30) ? dice.Of(_aliases) : "event")}'" : "";
        var text = $"wait_until: {{event: {expression.Type()}{named}{where}, for: {expression.Length()}}}{Timeout(depth, indent)}";
        if (alias is not null)
            _aliases.Add(alias);
        return text;
    }

    private string WaitForCondition(int depth, string indent) =>
        $"wait_until: {{if: '{Condition()}', for: {expression.Length()}}}{Timeout(depth, indent)}";

    private string Timeout(int depth, string indent)
    {
        if (depth == DepthMax || dice.Chance(60))
            return "";
        var bound = new List<string>();
        var text = $"\n{indent}timeout:\n{Inner(depth, indent + "  ", bound).TrimEnd('\n')}";
        _aliases.AddRange(bound);
        return text;
    }

    private string Branch(int depth, string indent)
    {
        var (text, bound) = ("branch:\n", new List<string>());
        for (var arms = dice.Between(1, 2); arms > 0; arms--)
            text += $"{indent}  - if: '{Condition()}'\n{indent}    steps:\n{Inner(depth, indent + "      ", bound)}";
        if (dice.Chance(50))
            text += $"{indent}  - else:\n{Inner(depth, indent + "      ", bound)}";
        _aliases.AddRange(bound);
        return text.TrimEnd('\n');
    }

    private string Condition() => HasEvent ? expression.Predicate(_aliases, Segments) : expression.OnUser();
}
