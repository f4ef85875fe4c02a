namespace StreamEngage.State;

/// <summary>The pending deadlines of one user, wherever they hang.</summary>
internal static class UserTimers
{
    /// <summary>The earliest instant at which something of the user fires, in milliseconds; null: nothing is pending.</summary>
    public static long? NextDue(UserState user)
    {
        long? next = null;
        foreach (var timer in Armed(user))
            if (next is null || timer.Due < next) next = timer.Due;
        return next;
    }

    /// <summary>Takes all of them off the lane: the user leaves memory.</summary>
    public static void DisarmAll(UserState user, Lane lane)
    {
        foreach (var timer in Armed(user).ToList()) lane.Timers.Disarm(timer);
        foreach (var held in user.Held) lane.Held.Remove(held.DecidedAt);
    }

    private static IEnumerable<LaneTimer> Armed(UserState user) => All(user).Where(timer => timer.IsArmed);

    private static IEnumerable<LaneTimer> All(UserState user)
    {
        if (user.Session is { } session) yield return session;
        if (user.SegmentTimer is { } segment) yield return segment;
        foreach (var held in user.Held) yield return held;
        foreach (var journey in user.Journeys) yield return journey;
        for (var i = 0; i < user.InstanceCount; i++)
        {
            var instance = user.InstanceAt(i);
            for (var j = 0; j < instance.Absences.Count; j++) yield return instance.Absences[j];
            for (var j = 0; j < instance.Partials.Count; j++) yield return instance.Partials[j];
        }
    }
}
