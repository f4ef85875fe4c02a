using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>Stages, recency, frequency and monetary value: all that the user ever did, walked through from the beginning.</summary>
internal static class NaiveLife
{
    private static readonly string[] Fallen = ["", "at-risk", "dormant", "churned"];

    public static bool Knows(string property) =>
        property is "stage" or "recency" or "frequency" or "monetary" or "r_score" or "f_score" or "m_score";

    public static object? Read(NaiveUser user, string property, long at)
    {
        var rfm = user.Rulebook.Policy.Rfm;
        return property switch
        {
            "stage" => Stage(user, at),
            "r_score" => user.Standings.Score(user, 0, at),
            "f_score" => user.Standings.Score(user, 1, at),
            "m_score" => user.Standings.Score(user, 2, at),
            "recency" => NaiveWindow.Since(rfm.Recency ?? rfm.Frequency, new NaiveScope(user, at)),
            "frequency" => (double)Within(user, rfm, rfm.Frequency, at).Count(),
            "monetary" => Within(user, rfm, rfm.MonetaryType, at).OrderBy(e => e.At).ThenBy(e => e.Property(rfm.MonetaryProperty) as double?)
                .Sum(e => e.Property(rfm.MonetaryProperty) as double? ?? 0),
            _ => throw new NotSupportedException(property),
        };
    }

    /// <summary>The types whose events may change what is read; null: all of them.</summary>
    public static IReadOnlyList<string>? Types(PolicyDefinition policy, string property) => property switch
    {
        "recency" => [policy.Rfm.Recency ?? policy.Rfm.Frequency],
        "frequency" => [policy.Rfm.Frequency],
        "monetary" => [policy.Rfm.MonetaryType],
        "r_score" or "f_score" or "m_score" => [.. policy.Rfm.Types],
        _ => policy.Lifecycle.Of.Count == 0 ? null : policy.Lifecycle.Of,
    };

    /// <summary>Every length at which an activity may matter again.</summary>
    public static IEnumerable<long> Reaches(PolicyDefinition policy, IEnumerable<Expression> terms)
    {
        var read = terms.OfType<NameExpression>().Where(n => n.Scope == "user").Select(n => n.Property).ToHashSet();
        var life = policy.Lifecycle;
        if (read.Overlaps(["frequency", "monetary"]))
            yield return policy.Rfm.OverMilliseconds;
        if (!read.Contains("stage"))
            yield break;
        yield return life.NewMilliseconds;
        yield return life.AtRiskMilliseconds;
        yield return life.DormantMilliseconds;
        yield return life.ChurnedMilliseconds;
        yield return life.ResurrectedMilliseconds;
    }

    private static IEnumerable<NaiveEvent> Within(NaiveUser user, RfmPolicy rfm, string type, long at) =>
        user.Past.Where(e => e.Type == type && e.At <= at && e.At > at - rfm.OverMilliseconds);

    private static string? Stage(NaiveUser user, long at)
    {
        var life = user.Rulebook.Policy.Lifecycle;
        var times = user.Past.Where(e => life.Of.Count == 0 ? e.IsBehavior : life.Of.Contains(e.Type)).Select(e => e.At)
            .Where(t => t <= at).Order().ToList();
        if (times.Count == 0)
            return null;
        var (depth, since, resurrected, last) = (0, 0, (long?)null, times[0]);
        foreach (var time in times)
        {
            // At the instant of the activity itself there is no silence.
            var silence = Depth(life, time - last - 1);
            if (silence > 0)
                (depth, since) = (Math.Max(depth, silence), 0);
            since++;
            if (depth > 0 && since >= life.Return)
                (resurrected, depth) = (depth > 1 ? time : null, 0);
            last = time;
        }

        depth = Math.Max(depth, Depth(life, at - last));
        return depth > 0 ? Fallen[depth]
            : at < resurrected + life.ResurrectedMilliseconds ? "resurrected"
            : at - times[0] < life.NewMilliseconds ? "new"
            : "active";
    }

    private static int Depth(LifecyclePolicy life, long silence) =>
        new[] { life.AtRiskMilliseconds, life.DormantMilliseconds, life.ChurnedMilliseconds }.Count(length => silence >= length);
}
