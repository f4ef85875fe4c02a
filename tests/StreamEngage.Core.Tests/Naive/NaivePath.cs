namespace StreamEngage.Tests.Naive;

/// <summary>One taken event: for which step, and by which continuation of the path before it.</summary>
internal sealed record NaiveTaken(NaiveEvent Event, int Step, NaiveContinuation By);

/// <summary>How a path may go on: with one more event of its loop, or with a later step.</summary>
internal sealed record NaiveContinuation(bool IsLoop, int Step);

/// <summary>The events a pattern has taken so far. Ordered as matches of one event are decided.</summary>
internal sealed record NaivePath(IReadOnlyList<NaiveTaken> Taken) : IComparable<NaivePath>
{
    public IEnumerable<NaiveEvent> Events => Taken.Select(t => t.Event);

    public NaiveEvent First => Taken[0].Event;

    public NaiveEvent Last => Taken[^1].Event;

    /// <summary>Number of the last event before the user it began with was merged into another; 0: it was not.</summary>
    public int Joined { get; init; }

    /// <summary>The step the last event was taken for.</summary>
    public int Step => Taken[^1].Step;

    /// <summary>How many events the last step has taken.</summary>
    public int TimesOfStep => Taken.Count(t => t.Step == Step);

    public NaivePath With(NaiveEvent e, NaiveContinuation by) => this with { Taken = [.. Taken, new NaiveTaken(e, by.Step, by)] };

    /// <summary>Arrival of the first event, number of events, order of making.</summary>
    public int CompareTo(NaivePath? other)
    {
        var order = First.Place.CompareTo(other!.First.Place);
        if (order == 0)
            order = Taken.Count.CompareTo(other.Taken.Count);
        return order != 0 ? order : ByMaking(other);
    }

    /// <summary>
    /// A path is made when its last event comes; of those one event makes, in the order in which the paths before it were
    /// made; of those from one path, the loop before later steps.
    /// </summary>
    private int ByMaking(NaivePath other)
    {
        for (var i = Taken.Count - 1; i >= 0; i--)
        {
            // Of what two users did before they were one nobody knows which came first: what began earlier counts as made earlier.
            if (First.Number != other.First.Number && Math.Max(Taken[i].Event.Number, other.Taken[i].Event.Number) <= Math.Max(Joined, other.Joined))
                return (First.At, string.CompareOrdinal(First.Id, other.First.Id)).CompareTo((other.First.At, 0));
            if (Taken[i].Event.Number != other.Taken[i].Event.Number)
                return Taken[i].Event.Number.CompareTo(other.Taken[i].Event.Number);
        }

        return Taken.Zip(other.Taken).Select(p => Turn(p.First).CompareTo(Turn(p.Second))).FirstOrDefault(c => c != 0);
    }

    private static int Turn(NaiveTaken taken) => taken.By.IsLoop ? -1 : taken.Step;
}
