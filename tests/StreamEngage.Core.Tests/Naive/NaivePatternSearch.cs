using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>All ways in which a pattern can take the events seen, found by trying each from its first event on.</summary>
internal sealed class NaivePatternSearch(NaivePatternSteps steps, NaiveUser user, IReadOnlyList<NaiveEvent> seen)
{
    /// <summary>More ways than this are not worth following: far above what the contract keeps.</summary>
    private const int PathsMax = 300;

    private readonly List<NaivePath> _paths = [];

    /// <summary>Paths that an event to come could still carry on.</summary>
    public int Alive { get; private set; }

    /// <summary>Every path that begins with an event of one of these numbers.</summary>
    public List<NaivePath> From(HashSet<int> starts)
    {
        for (var i = 0; i < seen.Count; i++)
        {
            if (!starts.Contains(seen[i].Number) || Alive == int.MaxValue)
                continue;
            foreach (var step in steps.Beginnings.Where(s => Satisfies(null, s, seen[i])))
                Follow(new NaivePath([new NaiveTaken(seen[i], step, new NaiveContinuation(false, step))]), i + 1);
        }

        return _paths;
    }

    /// <summary>Shows a path every event after its last one until nothing can carry it on.</summary>
    private void Follow(NaivePath path, int next)
    {
        if (_paths.Count >= PathsMax)
        {
            Alive = int.MaxValue;
            return;
        }

        _paths.Add(path);
        var open = steps.Continuations(path);
        var isFirst = true;
        for (var i = next; i < seen.Count && open.Count > 0; i++)
        {
            if (seen[i].At < path.Last.At)
                continue;
            open = open.Where(c => !IsForbidden(path, c, seen[i], isFirst) && !IsOver(path, c, seen[i])).ToList();
            var taking = Taking(path, ref open, seen[i]);
            foreach (var by in taking)
                Follow(path.With(seen[i], by), i + 1);
            open = open.Where(c => StaysOpen(c, taking.Contains(c))).ToList();
            isFirst = false;
        }

        if (open.Count > 0 && Alive < int.MaxValue)
            Alive++;
    }

    /// <summary>A greedy loop that takes an event leaves nothing else open.</summary>
    private List<NaiveContinuation> Taking(NaivePath path, ref List<NaiveContinuation> open, NaiveEvent e)
    {
        var taking = open.Where(c => Takes(path, c, e)).ToList();
        if (steps.Taking[path.Step].Greedy && taking.Find(c => c.IsLoop) is { } loop)
            open = taking = [loop];
        return taking;
    }

    private bool StaysOpen(NaiveContinuation to, bool taken) =>
        taken ? steps.ContiguityOf(to) == Contiguity.Any : steps.ContiguityOf(to) != Contiguity.Next;

    /// <summary>A <c>not</c> on the way; one of contiguity next looks at the first event only.</summary>
    private bool IsForbidden(NaivePath path, NaiveContinuation to, NaiveEvent e, bool isFirst) => steps.Crossed(path, to)
        .Any(not => (isFirst || not.Contiguity != Contiguity.Next) && Selects(not.Event, path, e));

    private bool IsOver(NaivePath path, NaiveContinuation to, NaiveEvent e) => to.IsLoop && Ends(path, to.Step, e);

    private bool Takes(NaivePath path, NaiveContinuation by, NaiveEvent e) =>
        Satisfies(path, by.Step, e) &&
        (steps.On.WithinMilliseconds is not { } whole || e.At - path.First.At < whole) &&
        (steps.Taking[by.Step].WithinMilliseconds is not { } reach || IsNear(path, by.Step, e, reach));

    private static bool IsNear(NaivePath path, int step, NaiveEvent e, long reach) =>
        path.Taken.LastOrDefault(t => t.Step < step) is not { } before || e.At - before.Event.At < reach;

    private bool Satisfies(NaivePath? path, int step, NaiveEvent e) =>
        Selects(steps.Taking[step].Event, path, e) && !Ends(path, step, e);

    private bool Selects(EventSelector selector, NaivePath? path, NaiveEvent e) =>
        e.Type == selector.Type && (selector.Where is null || NaiveScope.Selects(selector, user, e, steps.Aliases(path)));

    private bool Ends(NaivePath? path, int step, NaiveEvent e)
    {
        if (steps.Taking[step].Until is not { } until)
            return false;
        var aliases = NaiveScope.Named(steps.Aliases(path), steps.Taking[step].Event.Alias, e);
        return NaiveExpression.Holds(until, new NaiveScope(user, e.At) { Event = e, Aliases = aliases });
    }
}
