using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>Which arrived events are applied.</summary>
internal sealed class NaiveAdmission(TimePolicy time)
{
    private readonly List<(NaiveEvent Event, long SeenAt)> _admitted = [];
    private int _duplicates;
    private int _collisions;
    private int _late;

    public NaiveCounts Counts => new(_admitted.Count, _duplicates, _collisions, _late);

    /// <summary>Exactly the lateness old is too late.</summary>
    public bool IsTooLate(NaiveEvent e, long clock)
    {
        var tooLate = e.At < clock && clock - e.At >= time.LatenessMilliseconds;
        _late += tooLate ? 1 : 0;
        return tooLate;
    }

    /// <summary>One user's events are another's, or nobody's, from now on.</summary>
    public void Hand(string from, string? to)
    {
        var handed = _admitted.Where(a => a.Event.User == from).ToList();
        _admitted.RemoveAll(handed.Contains);
        if (to is not null)
            _admitted.AddRange(handed.Select(a => (a.Event with { User = to }, a.SeenAt)));
    }

    /// <summary>False for an id the user has had within the horizon: the first one wins.</summary>
    public bool Admits(NaiveEvent e, long clock)
    {
        var first = _admitted.LastOrDefault(
            a => a.Event.User == e.User && a.Event.Id == e.Id && clock - a.SeenAt < time.DedupMilliseconds);
        if (first.Event is null)
        {
            _admitted.Add((e, clock));
            return true;
        }

        _duplicates += first.Event.HasContentOf(e) ? 1 : 0;
        _collisions += first.Event.HasContentOf(e) ? 0 : 1;
        return false;
    }
}
