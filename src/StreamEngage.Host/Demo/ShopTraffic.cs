using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Demo;

/// <summary>Finds how often the users of a shop must visit for the asked rate: what a stream gives is measured, on a small sample of its users.</summary>
internal static class ShopTraffic
{
    private const int SampleUsers = 2_000, Steps = 10;

    // A visit takes minutes, so less shows no rate; what is looked at is the beginning, and the rest of the day goes its own way.
    private const long SampleMillisecondsMin = 30 * 60_000, SampleMillisecondsMax = 180 * 60_000;

    private const double SessionsMin = 0.01, SessionsMax = 24;

    /// <summary>The shop, or null where even users who never sleep would not make so many lines.</summary>
    public static ShopSettings? Of(DemoSettings settings)
    {
        var wanted = settings.Rate / settings.Speed / settings.UsersOfShop;
        var (low, high) = (SessionsMin, SessionsMax);
        if (LinesPerUserMillisecond(settings, high) * 1000 < wanted) return null;
        for (var step = 0; step < Steps; step++)
        {
            var middle = Math.Sqrt(low * high);
            if (LinesPerUserMillisecond(settings, middle) * 1000 < wanted) low = middle;
            else high = middle;
        }
        return Shop(settings, settings.UsersOfShop, high);
    }

    private static double LinesPerUserMillisecond(DemoSettings settings, double sessionsPerDay)
    {
        var users = Math.Min(settings.UsersOfShop, SampleUsers);
        var span = SpanOf(settings);
        var stream = new ShopClickstream(Shop(settings, users, sessionsPerDay));
        while (stream.TryNext(out _) && stream.Counts.LatestAt < settings.Start.UnixMilliseconds + span) { }
        return stream.Counts.Lines / (double)users / span;
    }

    private static long SpanOf(DemoSettings settings)
    {
        var shown = (settings.Duration ?? TimeSpan.MaxValue).TotalMilliseconds * settings.Speed;
        return (long)Math.Clamp(shown, SampleMillisecondsMin, SampleMillisecondsMax);
    }

    private static ShopSettings Shop(DemoSettings settings, int users, double sessionsPerDay) => new()
    {
        Seed = settings.Seed,
        Users = users,
        Events = ShopSettings.EventsMax,
        Start = settings.Start,
        SessionsPerDay = sessionsPerDay,
        Malformed = settings.Malformed,
    };
}
