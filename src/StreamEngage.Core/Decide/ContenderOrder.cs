namespace StreamEngage.Decide;

/// <summary>The order of arbitration: priority, value, earliest expiry, name; equal ones in the order they were made.</summary>
internal static class ContenderOrder
{
    /// <summary>By insertion: contenders of one event are few, and the order of equal ones stays.</summary>
    public static void Sort(List<Contender> contenders)
    {
        for (var sorted = 1; sorted < contenders.Count; sorted++)
        {
            var contender = contenders[sorted];
            var place = sorted;
            for (; place > 0 && Compare(contender, contenders[place - 1]) < 0; place--) contenders[place] = contenders[place - 1];
            contenders[place] = contender;
        }
    }

    private static int Compare(in Contender a, in Contender b)
    {
        var (x, y) = (a.Candidate.Trigger.Decide, b.Candidate.Trigger.Decide);
        var order = y.Priority.CompareTo(x.Priority);
        if (order == 0) order = y.Value.CompareTo(x.Value);
        if (order == 0) order = ExpiryOf(a).CompareTo(ExpiryOf(b));
        return order == 0 ? string.CompareOrdinal(a.Candidate.Trigger.Name, b.Candidate.Trigger.Name) : order;
    }

    private static long ExpiryOf(in Contender contender) =>
        contender.Candidate.DecidedAt.UnixMilliseconds + contender.Candidate.Trigger.Decide.ExpiresMilliseconds;
}
