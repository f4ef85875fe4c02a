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

    /// <summary>The step the last event was taken for.</summary>
    public int Step => Taken[^1].Step;

    /// <summary>How many events the last step has taken.</summary>
    public int TimesOfStep => Taken.Count(t => t.Step == Step);

    public NaivePath With(NaiveEvent e, NaiveContinuation by) => new([.. Taken, new NaiveTaken(e, by.Step, by)]);

    /// <summary>Arrival of the first event, number of events, order of making.</summary>
    public int CompareTo(NaivePath? other)
    {
        var order = First.Number.CompareTo(other!.First.Number);
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
            if (Taken[i].Event.Number != other.Taken[i].Event.Number)
                return Taken[i].Event.Number.CompareTo(other.Taken[i].Event.Number);
        }

        return Taken.Zip(other.Taken).Select(p => Turn(p.First).CompareTo(Turn(p.Second))).FirstOrDefault(c => c != 0);
    }

    private static int Turn(NaiveTaken taken) => taken.By.IsLoop ? -1 : taken.Step;
}
