namespace StreamEngage.Decide;

/// <summary>The order of arbitration: priority, value, earliest expiry, name; equal ones in the order they were made.</summary>
internal static class ContenderOrder
{
    /// <summary>By insertion: contenders of one event are few, and the order of equal ones stays.</summary>
    public static void Sort(List<Decision> contenders)
    {
        for (var sorted = 1; sorted < contenders.Count; sorted++)
        {
            var contender = contenders[sorted];
            var place = sorted;
            for (; place > 0 && Compare(contender, contenders[place - 1]) < 0; place--) contenders[place] = contenders[place - 1];
            contenders[place] = contender;
        }
    }

    private static int Compare(Decision a, Decision b)
    {
        var (x, y) = (a.Trigger.Decide, b.Trigger.Decide);
        var order = y.Priority.CompareTo(x.Priority);
        if (order == 0) order = y.Value.CompareTo(x.Value);
        if (order == 0) order = ExpiryOf(a).CompareTo(ExpiryOf(b));
        return order == 0 ? string.CompareOrdinal(a.Trigger.Name, b.Trigger.Name) : order;
    }

    private static long ExpiryOf(Decision contender) =>
        contender.Candidate.DecidedAt.UnixMilliseconds + contender.Trigger.Decide.ExpiresMilliseconds;
}
