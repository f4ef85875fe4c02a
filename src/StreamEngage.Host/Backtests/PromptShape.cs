using StreamEngage.Events;

namespace StreamEngage.Host.Backtests;

/// <summary>How the prompts of one trigger, or of all, spread over users, hours of the day and time.</summary>
internal sealed class PromptShape
{
    /// <summary>Prompts by local hour of the day.</summary>
    public long[] Hours { get; } = new long[24];

    /// <summary>Users by number of prompts, from 1; the last also has those with more.</summary>
    public long[] Users { get; } = new long[BacktestLimits.PromptsOfUserMax];

    public TimeBars Time { get; } = new();

    /// <param name="at">When it was decided.</param>
    /// <param name="hour">The hour it is then.</param>
    /// <param name="ofUser">How many the user has had with it; 0 where that is not known.</param>
    public void Count(EventTime at, int hour, int ofUser)
    {
        Hours[hour]++;
        Time.Count(at);
        if (ofUser is > 0 and <= BacktestLimits.PromptsOfUserMax) Users[ofUser - 1]++;
        if (ofUser is > 1 and <= BacktestLimits.PromptsOfUserMax) Users[ofUser - 2]--;
    }
}
