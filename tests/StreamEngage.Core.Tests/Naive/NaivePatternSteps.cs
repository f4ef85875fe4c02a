using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>The steps of a pattern that take events, and what must not come between them.</summary>
internal sealed class NaivePatternSteps
{
    private readonly List<PatternStep> _all;

    /// <summary>Where in the pattern each taking step stands.</summary>
    private readonly List<int> _places;
    private readonly bool _seesEverything;

    public NaivePatternSteps(PatternOn on)
    {
        On = on;
        _all = on.Steps.ToList();
        _places = Enumerable.Range(0, _all.Count).Where(i => !_all[i].Negated).ToList();
        Taking = _places.Select(i => _all[i]).ToList();
        Trailing = _all[^1].Negated ? _all[^1] : null;
        _seesEverything = _all.Any(s => s.Contiguity == Contiguity.Next || s.Loop == Contiguity.Next || s.Until is not null);
    }

    public PatternOn On { get; }

    public IReadOnlyList<PatternStep> Taking { get; }

    /// <summary>The last <c>not</c> with its <c>for</c>, or null.</summary>
    public PatternStep? Trailing { get; }

    public bool Sees(NaiveEvent e) => _all.Any(s => s.Event.Type == e.Type) || (_seesEverything && e.IsBehavior);

    /// <summary>Steps a match may begin with.</summary>
    public IEnumerable<int> Beginnings => Reachable(-1);

    /// <summary>What may come next.</summary>
    public List<NaiveContinuation> Continuations(NaivePath path)
    {
        var step = Taking[path.Step];
        var open = new List<NaiveContinuation>();
        if (step.TimesMax is not { } max || path.TimesOfStep < max)
            open.Add(new NaiveContinuation(true, path.Step));
        if (path.TimesOfStep >= step.TimesMin)
            open.AddRange(Reachable(path.Step).Select(j => new NaiveContinuation(false, j)));
        return open;
    }

    /// <summary>True when all steps after the last taken event can be left out.</summary>
    public bool IsComplete(NaivePath path) =>
        path.TimesOfStep >= Taking[path.Step].TimesMin && Taking.Skip(path.Step + 1).All(s => s.Optional);

    /// <summary>The negated steps a continuation goes across.</summary>
    public IEnumerable<PatternStep> Crossed(NaivePath path, NaiveContinuation to) =>
        to.IsLoop ? [] : _all.Take(_places[to.Step]).Skip(_places[path.Step] + 1).Where(s => s.Negated);

    public Contiguity ContiguityOf(NaiveContinuation to) => to.IsLoop ? Taking[to.Step].Loop : Taking[to.Step].Contiguity;

    /// <summary>The last event each alias has taken.</summary>
    public IReadOnlyDictionary<string, NaiveEvent> Aliases(NaivePath? path)
    {
        var aliases = new Dictionary<string, NaiveEvent>();
        foreach (var taken in path?.Taken ?? [])
        {
            if (Taking[taken.Step].Event.Alias is { } alias)
                aliases[alias] = taken.Event;
        }

        return aliases;
    }

    /// <summary>The events of the step with this alias or, having none, this type.</summary>
    public IEnumerable<NaiveEvent> Taken(NaivePath match, string name) => match.Taken
        .Where(t => (Taking[t.Step].Event.Alias ?? Taking[t.Step].Event.Type) == name)
        .Select(t => t.Event);

    private IEnumerable<int> Reachable(int from)
    {
        var between = Taking.Skip(from + 1).TakeWhile(s => s.Optional).Count();
        return Enumerable.Range(from + 1, Math.Min(between + 1, Taking.Count - from - 1));
    }
}
