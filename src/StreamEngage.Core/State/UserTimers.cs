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

    private static IEnumerable<LaneTimer> Armed(UserState user)
    {
        if (user.SessionTimer is { IsArmed: true } session) yield return session;
        if (user.SegmentTimer is { IsArmed: true } segment) yield return segment;
        for (var i = 0; i < user.InstanceCount; i++)
        {
            var instance = user.InstanceAt(i);
            foreach (var absence in instance.Absences)
                if (absence.Timer.IsArmed) yield return absence.Timer;
            foreach (var partial in instance.Partials ?? [])
                if (partial.Timer.IsArmed) yield return partial.Timer;
        }
    }
}
