using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.State;

/// <summary>The session of two users who are one. Two open ones are one run of events; of ended ones the later is remembered.</summary>
internal static class SessionUnion
{
    /// <summary>Leaves the session with <paramref name="into"/>, its timer armed while it is open.</summary>
    public static void Merge(UserState into, UserState from, TimePolicy policy, Lane lane)
    {
        if (from.Session is not { } other) return;
        lane.Timers.Disarm(other);
        var session = into.Session ??= new(into);
        if (session.Count == 0 && !session.IsOpen) Copy(other, session);
        else if (session.IsOpen && other.IsOpen) Join(session, other);
        else if (other.IsOpen || (!session.IsOpen && IsLater(other, session))) Copy(other, session);
        if (!session.IsOpen) return;
        var due = Math.Min(
            session.Last.UnixMilliseconds + policy.SessionGapMilliseconds, session.Start.UnixMilliseconds + policy.SessionMaxMilliseconds);
        lane.Timers.Disarm(session);
        lane.Timers.Arm(session, due);
    }

    private static void Copy(UserSession from, UserSession to)
    {
        (to.IsOpen, to.Start, to.Last) = (from.IsOpen, from.Start, from.Last);
        (to.Count, to.Value) = (from.Count, from.Value);
        (to.FirstId, to.FirstType, to.LastType) = (from.FirstId, from.FirstType, from.LastType);
    }

    private static void Join(UserSession session, UserSession other)
    {
        if (First(other, session) < 0) (session.FirstId, session.FirstType) = (other.FirstId, other.FirstType);
        // Of two that are last at one instant the name decides, so that it does not matter whose they were.
        if (other.Last > session.Last || (other.Last == session.Last && other.LastType > session.LastType)) session.LastType = other.LastType;
        session.Start = session.Start < other.Start ? session.Start : other.Start;
        session.Last = EventTime.Max(session.Last, other.Last);
        session.Count += other.Count;
        session.Value += other.Value;
    }

    private static bool IsLater(UserSession a, UserSession b) => a.Last != b.Last ? a.Last > b.Last : First(b, a) < 0;

    private static int First(UserSession a, UserSession b)
    {
        var order = a.Start.CompareTo(b.Start);
        return order == 0 ? a.FirstId.CompareTo(b.FirstId) : order;
    }
}
