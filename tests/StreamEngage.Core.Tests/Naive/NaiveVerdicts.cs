using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>From candidates to verdicts: misfire, predicate, re-entry and arbitration.</summary>
internal sealed class NaiveVerdicts(TimePolicy time)
{
    public List<NaiveDecision> Decisions { get; } = [];

    /// <summary>The candidates of one event, or of one user's timers of one instant, in the order of their making.</summary>
    /// <remarks>A transactional one is sent at once, so the next of its trigger already meets its cooldown.</remarks>
    public void Decide(IReadOnlyList<NaiveCandidate> group, long clock)
    {
        var contenders = new List<Judged>();
        foreach (var judged in group.Select(c => Judge(c, clock)))
        {
            if (judged.Objection is null && !judged.IsTransactional)
                contenders.Add(judged);
            else
                Conclude(judged, judged.Objection);
        }

        var ranked = contenders
            .OrderByDescending(j => j.Settings.Priority)
            .ThenByDescending(j => j.Settings.Value)
            .ThenBy(j => j.Expiry)
            .ThenBy(j => j.Candidate.Of.Trigger.Name, StringComparer.Ordinal)
            .ToList();
        foreach (var j in ranked)
            Conclude(j, ReferenceEquals(j, ranked[0]) ? null : "lost-arbitration");
    }

    private Judged Judge(NaiveCandidate candidate, long clock)
    {
        var misfires = candidate.IsTimer && clock - candidate.At > time.MisfireAfterMilliseconds;
        var decidedAt = misfires || !candidate.IsTimer ? clock : candidate.At;
        var objection = misfires && Skips(candidate, clock) ? "misfire" : Objection(candidate, decidedAt);
        return new Judged(candidate, decidedAt, objection);
    }

    private static bool Skips(NaiveCandidate candidate, long clock) => candidate.Of.Trigger.Decide.Misfire switch
    {
        MisfireMode.Fire => false,
        MisfireMode.Skip => true,
        _ => clock > candidate.At + candidate.Of.Trigger.Decide.ExpiresMilliseconds,
    };

    private static string? Objection(NaiveCandidate candidate, long decidedAt)
    {
        var scope = new NaiveScope(candidate.Of.User, candidate.IsTimer ? decidedAt : candidate.At)
        {
            Event = candidate.Event,
            Aliases = candidate.Aliases,
        };
        return NaiveExpression.Holds(candidate.Of.Trigger.If, scope)
            ? candidate.Of.Reentry.Objection(candidate.Key, decidedAt)
            : "predicate";
    }

    private void Conclude(Judged judged, string? reason)
    {
        var candidate = judged.Candidate;
        if (reason is null)
        {
            candidate.Of.Reentry.Sent(candidate.Key, judged.DecidedAt);
            candidate.Sent?.Invoke(judged.Expiry);
        }

        Decisions.Add(new NaiveDecision(
            judged.DecidedAt, candidate.Of.User.Name, candidate.Of.Trigger.Name, candidate.Key.Text,
            reason is null ? "sent" : "suppressed", reason, candidate.Causes));
    }

    private sealed record Judged(NaiveCandidate Candidate, long DecidedAt, string? Objection)
    {
        public DecideDefinition Settings => Candidate.Of.Trigger.Decide;

        public long Expiry => DecidedAt + Settings.ExpiresMilliseconds;

        public bool IsTransactional => Settings.Purpose == "transactional";
    }
}
