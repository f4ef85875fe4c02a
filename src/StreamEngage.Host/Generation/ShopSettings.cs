using StreamEngage.Events;

namespace StreamEngage.Host.Generation;

/// <summary>What a generated clickstream is made of. Two runs with equal settings give the same bytes on any machine.</summary>
internal sealed record ShopSettings
{
    public const int UsersMax = 10_000_000;

    public const long EventsMax = 100_000_000_000;

    public ulong Seed { get; init; } = 1;

    /// <summary>1 to <see cref="UsersMax"/>. Memory grows with it, by about 100 bytes a user, and with nothing else.</summary>
    public int Users { get; init; } = 10_000;

    /// <summary>Lines in all, duplicates and malformed ones among them. Fewer come only when every user has churned, which user 0 never does.</summary>
    public long Events { get; init; } = 1_000_000;

    /// <summary>Every event happens at or after it.</summary>
    public EventTime Start { get; init; } = new(1_767_225_600_000);

    /// <summary>Mean number of sessions a day of a user who has not gone silent, over 0 to 24.</summary>
    public double SessionsPerDay { get; init; } = 1;

    /// <summary>Share of events sent a second time; one in twenty of these with other content under the same id. 0 to 0.5.</summary>
    public double Duplicates { get; init; } = 0.005;

    /// <summary>Share of events that are held back: half by up to 3 s, a third by up to 9 min, the rest by 11 min to 2 h. 0 to 0.5.</summary>
    public double Late { get; init; } = 0.02;

    /// <summary>Share of lines that no decoder accepts, in addition to the events. 0 to 0.5.</summary>
    public double Malformed { get; init; }

    /// <summary>What is wrong with the settings as a whole, in words a command line can print.</summary>
    public IEnumerable<string> Problems()
    {
        if (Users is < 1 or > UsersMax) yield return $"users must be 1 to {UsersMax}, was {Users}";
        if (Events is < 0 or > EventsMax) yield return $"events must be 0 to {EventsMax}, was {Events}";
        if (!(SessionsPerDay > 0 && SessionsPerDay <= 24)) yield return $"sessions per day must be over 0 and at most 24, was {SessionsPerDay}";
        if (!(Duplicates is >= 0 and <= 0.5)) yield return $"duplicates must be a share from 0 to 0.5, was {Duplicates}";
        if (!(Late is >= 0 and <= 0.5)) yield return $"late must be a share from 0 to 0.5, was {Late}";
        if (!(Malformed is >= 0 and <= 0.5)) yield return $"malformed must be a share from 0 to 0.5, was {Malformed}";
        if (Start.UnixMilliseconds is < 0 or > 4_102_444_800_000) yield return "start must lie between 1970 and 2100";
    }
}
