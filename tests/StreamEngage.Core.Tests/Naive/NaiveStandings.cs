using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>Where everybody stood, and since which clock: what is in force is what was so before the current step of the statistics began.</summary>
internal sealed class NaiveStandings(PolicyDefinition policy)
{
    private readonly List<(long Clock, string User, double[]? Numbers)> _all = [];

    public void See(NaiveUser user, string type, long clock)
    {
        if (policy.Rfm.Types.Contains(type))
            Stand(user, clock);
    }

    public void Stand(NaiveUser user, long clock) => _all.Add((clock, user.Name, Numbers(user, clock)));

    public void Leave(string user, long clock) => _all.Add((clock, user, null));

    /// <summary>How many parts of the users, from the worst, lie before the user's; those of one bucket share its middle.</summary>
    public double? Score(NaiveUser user, int ranking, long at)
    {
        var every = policy.StatisticsMilliseconds;
        var step = user.Clock - (((user.Clock % every) + every) % every);
        var others = _all.Where(s => s.Clock < step).GroupBy(s => s.User).Select(g => g.Last().Numbers).OfType<double[]>().Select(n => n[ranking]).ToList();
        if (others.Count == 0 || Numbers(user, at) is not { } own)
            return null;
        var before = others.Count(o => o < own[ranking]) + (others.Count(o => o == own[ranking]) / 2.0);
        return Math.Min(policy.Rfm.Scores, 1 + Math.Floor(before * policy.Rfm.Scores / others.Count));
    }

    private static double[]? Numbers(NaiveUser user, long at) => NaiveLife.Read(user, "recency", at) is double since
        ? [Math.Floor((at - since) / 86_400_000), Bucket((double)NaiveLife.Read(user, "frequency", at)!), Bucket((double)NaiveLife.Read(user, "monetary", at)!)]
        : null;

    private static double Bucket(double number) => number == 0 ? 0
        : Math.Sign(number) * (10_000 + Math.Ceiling(Math.Log(Math.Abs(number)) / Math.Log(1.01 / 0.99)));
}
