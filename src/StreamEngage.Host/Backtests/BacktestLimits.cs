namespace StreamEngage.Host.Backtests;

/// <summary>Every bound of a backtest, so that its own memory does not grow with the stream.</summary>
internal static class BacktestLimits
{
    /// <summary>Pairs of user and trigger whose prompts are counted one by one; past it further pairs are counted together.</summary>
    public const int PairsMax = 4_000_000;

    /// <summary>Bars of the distribution over users: the last one is for this many prompts and more.</summary>
    public const int PromptsOfUserMax = 10;

    /// <summary>Bars over time; a longer stretch makes each bar wider.</summary>
    public const int BarsMax = 48;

    /// <summary>Prompts named of the difference to another rulebook; the rest is counted.</summary>
    public const int DifferencesShownMax = 50;

    /// <summary>Events between two comparisons with another rulebook.</summary>
    public const int CompareEvery = 4_096;
}
