using StreamEngage.Events;

namespace StreamEngage.Host.Reports;

/// <summary>When each user reached the goal of one trigger. As big as the input has goals.</summary>
internal sealed class GoalTimes
{
    private readonly Dictionary<string, List<long>> _byUser = new(StringComparer.Ordinal);

    /// <summary>Of one user never earlier than before.</summary>
    public void Add(string user, EventTime at)
    {
        if (!_byUser.TryGetValue(user, out var times)) _byUser[user] = times = [];
        times.Add(at.UnixMilliseconds);
    }

    /// <summary>In <c>(decided, decided + within]</c>.</summary>
    public bool IsReached(string user, EventTime decided, long within)
    {
        if (!_byUser.TryGetValue(user, out var times)) return false;
        var place = times.BinarySearch(decided.UnixMilliseconds + 1);
        // Equal times may stand beside the one that was found, but all of them are after the decision.
        var first = place >= 0 ? place : ~place;
        return first < times.Count && times[first] - decided.UnixMilliseconds <= within;
    }
}
