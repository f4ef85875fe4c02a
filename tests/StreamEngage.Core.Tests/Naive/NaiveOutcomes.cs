using System.Text;
using StreamEngage.Decide;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>What came of prompts and ghosts: everything that was decided and everything that converted is kept, with the clock it was met at.</summary>
internal sealed class NaiveOutcomes(PolicyDefinition policy)
{
    private readonly List<Decided> _all = [];

    /// <summary>One line a trigger, variant and side: how many were decided and how many of them converted.</summary>
    public IReadOnlyList<NaiveDecision> Lines => _all
        .GroupBy(d => (d.Trigger.Name, d.Variant, d.Side))
        .Select(g => Line(g.Key.Name, g.Key.Variant, g.Key.Side, g.Count(), g.Count(d => d.ConvertedAt is not null)))
        .ToList();

    public static NaiveDecision Line(string trigger, string? variant, string side, long decided, long converted) =>
        new(0, "", trigger, variant ?? "", $"{side}: {converted} of {decided}", null, []);

    public void Add(TriggerDefinition trigger, NaiveUser user, string? variant, string side, long at, long clock)
    {
        if (trigger.Goal is not { } goal)
            return;
        var alive = _all.Where(d => d.User == user.Name && d.IsOpen && clock - d.Until < Math.Max(1, policy.Time.LatenessMilliseconds)).ToList();
        if (alive.Count >= Limits.OpenGoalsMax)
            alive[0].IsOpen = false;
        _all.Add(new Decided(trigger, user.Name, variant, side, at, at + goal.WithinMilliseconds, clock));
    }

    /// <summary>An event of the user: of each trigger whose goal it is, what was decided before it and not too long before converts.</summary>
    public void See(NaiveUser user, NaiveEvent e, long clock)
    {
        foreach (var d in _all.Where(d => d.User == user.Name && d.IsOpen && d.At < e.At && e.At <= d.Until))
        {
            if (NaiveScope.Selects(d.Trigger.Goal!.Event, user, e))
                (d.IsOpen, d.ConvertedAt) = (false, clock);
        }
    }

    /// <summary>The one is the other from now on.</summary>
    public void Move(string from, string to)
    {
        foreach (var d in _all.Where(d => d.User == from))
            d.User = to;
    }

    /// <summary>What nobody knows any more converts no more.</summary>
    public void Forget(NaiveUser user)
    {
        foreach (var d in _all.Where(d => d.User == user.Name))
            d.IsOpen = false;
    }

    /// <summary>The variant a prompt decided now gets: by fixed shares, or by a bandit that knows what was counted before the current step began.</summary>
    public string? Variant(NaiveUser user, TriggerDefinition trigger, string promptId, long clock)
    {
        if (trigger.Decide.Bandit is null)
            return NaiveGates.Variant(user.VariantName, trigger);
        var step = clock - (((clock % policy.StatisticsMilliseconds) + policy.StatisticsMilliseconds) % policy.StatisticsMilliseconds);
        var known = _all.Where(d => d.Trigger == trigger && d.Side == "sent" && d.Clock < step).ToList();
        var arms = trigger.Decide.Variants.Select(v => Arm(known.Where(d => d.Variant == v.Name).ToList(), step)).ToList();
        return trigger.Decide.Variants[new ThompsonSampling(trigger.Name, arms).Choose(Encoding.UTF8.GetBytes(promptId)).Arm].Name;
    }

    private static ArmOutcomes Arm(List<Decided> sent, long step)
    {
        var converted = sent.Count(d => d.ConvertedAt < step);
        return new ArmOutcomes(converted, sent.Count - converted);
    }

    private sealed record Decided(TriggerDefinition Trigger, string Of, string? Variant, string Side, long At, long Until, long Clock)
    {
        public string User { get; set; } = Of;

        /// <summary>The clock its goal was met at.</summary>
        public long? ConvertedAt { get; set; }

        public bool IsOpen { get; set; } = true;
    }
}
