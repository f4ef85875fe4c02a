using StreamEngage.Rulebooks;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>Another rulebook that comes into force in the middle of a stream.</summary>
internal sealed record CaseChange(long At, IReadOnlyDictionary<string, string> Files)
{
    public RulebookReading Reading { get; } = RulebookFiles.Read(Files);
}

/// <summary>
/// The rulebook that follows a random one: some of its triggers are gone, and there is a new one, which reads a window that nobody filled before.
/// </summary>
internal sealed class RandomSuccessor(Dice dice, CaseSetting setting)
{
    /// <summary>Null where there is no place for a change.</summary>
    public CaseChange? Of(IReadOnlyDictionary<string, string> files, IReadOnlyList<NaiveEvent> events)
    {
        var instants = events.Select(e => e.At).SelectMany(at => new[] { at, at + 1 }).Where(at => at > events[0].At).Distinct().Order().ToList();
        if (!setting.Changes || instants.Count == 0)
            return null;
        var next = files.Where(f => !IsTrigger(f.Key) || dice.Chance(60)).ToDictionary();
        next.Add("new.yaml", New());
        return new CaseChange(instants[dice.Between(0, instants.Count - 1) / 2], next);
    }

    private static bool IsTrigger(string file) => file[0] == 't' && !file.Contains('/', StringComparison.Ordinal);

    private string New()
    {
        var expression = new RandomExpression(dice, setting);
        var gates = setting.Gates ? new RandomGates(dice, setting).Decide() : "";
        // No other condition asks for this price.
        var window = $"count({expression.Type()} where it.price > 4.5) over {expression.Length()}";
        return $"trigger: new\non: {{event: {expression.Type()}}}\nif: '{window} {dice.Of("<", ">=")} {dice.Between(1, 2)}'\n"
            + $"decide:\n  priority: {dice.Of(10, 50, 90)}\n  expires: 1h\n{gates}";
    }
}
