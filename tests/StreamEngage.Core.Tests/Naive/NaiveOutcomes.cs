using System.Text;
using StreamEngage.Decide;
using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>What came of prompts and ghosts: everything that was decided and everything that converted is kept, with the clock it was met at.</summary>
internal sealed class NaiveOutcomes(PolicyDefinition policy)
{
    private readonly List<Decided> _all = [];
    private readonly HashSet<(string Trigger, string User)> _met = [];

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
        var decided = new Decided(trigger, user.Name, variant, side, at, at + goal.WithinMilliseconds, clock);
        _all.Add(decided with { IsFirst = _met.Add((trigger.Name, user.Name)) });
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

    /// <summary>
    /// It was certain by then, of users and not of decisions, that the trigger's prompts bring fewer conversions than none would. What is certain stays so.
    /// </summary>
    public bool IsPaused(TriggerDefinition trigger, long clock)
    {
        if (!(trigger.Decide.PauseOnHarm ?? policy.Harm.Pause) || trigger.Decide.Holdout is 0 or 1)
            return false;
        var firsts = _all.Where(d => d.Trigger.Name == trigger.Name && d.IsFirst).ToList();
        var looks = firsts.SelectMany(d => new[] { d.Clock, d.ConvertedAt ?? d.Clock }).Select(at => StepOf(at) + policy.StatisticsMilliseconds).Distinct();
        return looks.Where(look => look <= clock)
            .Any(look => NaiveHarm.IsCertain(Side(firsts, "sent", look), Side(firsts, "holdout", look), policy.Harm.Alpha));
    }

    /// <summary>The one is the other from now on.</summary>
    public void Move(string from, string to)
    {
        foreach (var (trigger, user) in _met.Where(m => m.User == from).ToList())
        {
            _met.Remove((trigger, user));
            _met.Add((trigger, to));
        }

        foreach (var d in _all.Where(d => d.User == from))
            d.User = to;
    }

    /// <summary>What nobody knows any more converts no more.</summary>
    public void Forget(NaiveUser user)
    {
        _met.RemoveWhere(m => m.User == user.Name);
        foreach (var d in _all.Where(d => d.User == user.Name))
            d.IsOpen = false;
    }

    /// <summary>The variant a prompt decided now gets: by fixed shares, or by a bandit that knows what was counted before the current step began.</summary>
    public string? Variant(NaiveUser user, TriggerDefinition trigger, string promptId, long clock)
    {
        if (trigger.Decide.Bandit is null)
            return NaiveGates.Variant(user.VariantName, trigger);
        var step = StepOf(clock);
        var known = _all.Where(d => d.Trigger == trigger && d.Side == "sent" && d.Clock < step).ToList();
        var arms = trigger.Decide.Variants.Select(v => Arm(known.Where(d => d.Variant == v.Name).ToList(), step)).ToList();
        return trigger.Decide.Variants[new ThompsonSampling(trigger.Name, arms).Choose(Encoding.UTF8.GetBytes(promptId)).Arm].Name;
    }

    private long StepOf(long clock) => clock - (((clock % policy.StatisticsMilliseconds) + policy.StatisticsMilliseconds) % policy.StatisticsMilliseconds);

    private static (int Users, int Converted) Side(List<Decided> firsts, string side, long before)
    {
        var users = firsts.Where(d => d.Side == side && d.Clock < before).ToList();
        return (users.Count, users.Count(d => d.ConvertedAt < before));
    }

    private static ArmOutcomes Arm(List<Decided> sent, long step)
    {
        var converted = sent.Count(d => d.ConvertedAt < step);
        return new ArmOutcomes(converted, sent.Count - converted);
    }

    private sealed record Decided(TriggerDefinition Trigger, string Of, string? Variant, string Side, long At, long Until, long Clock)
    {
        public string User { get; set; } = Of;

        /// <summary>The user's first of the trigger.</summary>
        public bool IsFirst { get; init; }

        /// <summary>The clock its goal was met at.</summary>
        public long? ConvertedAt { get; set; }

        public bool IsOpen { get; set; } = true;
    }
}
