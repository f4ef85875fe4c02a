using StreamEngage.Events;

namespace StreamEngage.Host.Demo;

/// <summary>What the demo shows: how much traffic, for how long, and how much faster than the wall clock its time runs.</summary>
internal sealed record DemoSettings
{
    public const int RateMax = 500_000, UsersMax = 2_000_000;

    public const double SpeedMin = 1, SpeedMax = 10_000;

    /// <summary>At the default rate and speed each user visits about five times a day.</summary>
    private const int UsersPerLine = 20;

    /// <summary>Mean lines a wall second over what is shown, or its first three hours of event time; then days and nights show.</summary>
    public int Rate { get; init; } = 2_000;

    /// <summary>Wall time; null is until somebody stops it.</summary>
    public TimeSpan? Duration { get; init; } = TimeSpan.FromSeconds(45);

    /// <summary>Milliseconds of event time a wall millisecond. At 120 a cart left for half an hour is noticed after 15 s.</summary>
    public double Speed { get; init; } = 120;

    public ulong Seed { get; init; } = 1;

    /// <summary>Null: in proportion to the rate.</summary>
    public int? Users { get; init; }

    /// <summary>A Monday, at an hour at which people are awake in most of the shop's time zones.</summary>
    public EventTime Start { get; init; } = new(1_767_607_200_000);

    /// <summary>Share of lines that no decoder accepts.</summary>
    public double Malformed { get; init; } = 0.001;

    public int UsersOfShop => Users ?? Math.Clamp(Rate * UsersPerLine, 100, UsersMax);

    /// <summary>Where event time stands after so much wall time.</summary>
    public EventTime At(TimeSpan elapsed) => Start + (long)(elapsed.TotalMilliseconds * Speed);

    /// <summary>What is wrong with the settings, in words a command line can print.</summary>
    public IEnumerable<string> Problems()
    {
        if (Rate is < 1 or > RateMax) yield return $"--rate must be 1 to {RateMax}, was {Rate}";
        if (Duration is { } duration && (duration < TimeSpan.FromSeconds(1) || duration > TimeSpan.FromDays(7)))
            yield return "--duration must be 1s to 7d, or forever";
        if (Users is < 1 or > UsersMax) yield return $"--users must be 1 to {UsersMax}, was {Users}";
        if (!(Speed is >= SpeedMin and <= SpeedMax)) yield return $"--speed must be {SpeedMin} to {SpeedMax}, was {Speed}";
    }
}
