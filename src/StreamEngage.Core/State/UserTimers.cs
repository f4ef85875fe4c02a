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

    /// <summary>Takes all of them out of the wheel: the user leaves memory.</summary>
    public static void DisarmAll(UserState user, TimingWheel wheel)
    {
        foreach (var timer in Armed(user).ToList()) wheel.Disarm(timer);
    }

    private static IEnumerable<LaneTimer> Armed(UserState user) => All(user).Where(timer => timer.IsArmed);

    private static IEnumerable<LaneTimer> All(UserState user)
    {
        if (user.Session is { } session) yield return session;
        if (user.SegmentTimer is { } segment) yield return segment;
        for (var i = 0; i < user.InstanceCount; i++)
        {
            var instance = user.InstanceAt(i);
            for (var j = 0; j < instance.Absences.Count; j++) yield return instance.Absences[j];
            for (var j = 0; j < instance.Partials.Count; j++) yield return instance.Partials[j];
        }
    }
}
