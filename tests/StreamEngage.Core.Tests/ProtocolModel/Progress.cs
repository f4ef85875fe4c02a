namespace StreamEngage.Tests.ProtocolModel;

/// <summary>The moves that are no faults, as a graph.</summary>
internal sealed class Progress
{
    private readonly List<(int From, int To)> _moves = [];

    public void Add(int from, int to) => _moves.Add((from, to));

    /// <summary>How many states lie on a circle or can reach one. With none, every run ends as soon as nothing fails any more.</summary>
    public int Endless(int states)
    {
        var open = new int[states];
        var first = new int[states + 1];
        foreach (var (from, to) in _moves)
        {
            open[from]++;
            first[to + 1]++;
        }
        for (var state = 0; state < states; state++) first[state + 1] += first[state];
        return states - Ended(open, first, Sources(first));
    }

    // Backwards from the states at rest: a state ends once all that can follow it end.
    private static int Ended(int[] open, int[] first, int[] sources)
    {
        var ended = new Stack<int>(Enumerable.Range(0, open.Length).Where(state => open[state] == 0));
        var count = 0;
        while (ended.TryPop(out var state))
        {
            count++;
            foreach (var from in sources.AsSpan(first[state]..first[state + 1]))
                if (--open[from] == 0)
                    ended.Push(from);
        }
        return count;
    }

    private int[] Sources(int[] first)
    {
        var next = first[..^1];
        var sources = new int[_moves.Count];
        foreach (var (from, to) in _moves) sources[next[to]++] = from;
        return sources;
    }
}
