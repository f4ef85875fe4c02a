using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>When the candidates that a lane holds were decided: no prompt that will still come was decided before the earliest.</summary>
internal sealed class HeldLedger
{
    private readonly SortedDictionary<long, int> _countByTime = [];

    /// <summary>Null: nothing is held.</summary>
    public EventTime? Earliest
    {
        get
        {
            foreach (var (at, _) in _countByTime) return new(at);
            return null;
        }
    }

    public void Add(EventTime decidedAt) =>
        _countByTime[decidedAt.UnixMilliseconds] = _countByTime.GetValueOrDefault(decidedAt.UnixMilliseconds) + 1;

    public void Remove(EventTime decidedAt)
    {
        var left = _countByTime[decidedAt.UnixMilliseconds] - 1;
        if (left == 0) _countByTime.Remove(decidedAt.UnixMilliseconds);
        else _countByTime[decidedAt.UnixMilliseconds] = left;
    }
}
