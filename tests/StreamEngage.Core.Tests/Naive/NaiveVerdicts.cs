using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>From candidates to verdicts: every gate of the contract, and those that were held once more.</summary>
internal sealed class NaiveVerdicts(PolicyDefinition policy)
{
    private readonly NaiveGates _gates = new(policy);

    public NaiveOutcomes Outcomes { get; } = new(policy);

    private long _clock;

    public List<NaiveDecision> Decisions { get; } = [];

    /// <summary>Of each trigger that reads windows which began to fill at a change of the rulebook: when the last of them is complete.</summary>
    private readonly Dictionary<string, long> _believedFrom = [];

    /// <summary>A rulebook takes the place of another.</summary>
    public void Change(RulebookDefinition former, RulebookDefinition next, long at)
    {
        var known = former.Triggers.SelectMany(t => NaiveTerms.Windows(t.If)).Select(NaiveTerms.ContentOf).ToHashSet();
        foreach (var trigger in next.Triggers)
        {
            foreach (var window in NaiveTerms.Windows(trigger.If).Where(w => !known.Contains(NaiveTerms.ContentOf(w))))
                _believedFrom[trigger.Name] = Math.Max(_believedFrom.GetValueOrDefault(trigger.Name, long.MinValue), at + window.LengthMilliseconds);
        }
    }

    /// <summary>The candidates of one event, or of one user's timers of one instant, in the order of their making.</summary>
    /// <remarks>A transactional one is sent at once, so the next of its trigger already meets its cooldown.</remarks>
    public void Decide(IReadOnlyList<NaiveCandidate> group, long clock)
    {
        _clock = clock;
        var contenders = new List<Judged>();
        foreach (var judged in group.SelectMany(c => Reached(c, clock)).Select(c => Judge(c, clock)))
        {
            if (judged.Objection is not null)
                Conclude(judged, "suppressed", judged.Objection);
            else if (judged.IsTransactional)
                Try(judged);
            else
                contenders.Add(judged);
        }

        var ranked = contenders
            .OrderByDescending(j => j.Settings.Priority)
            .ThenByDescending(j => j.Settings.Value)
            .ThenBy(j => j.Expiry)
            .ThenBy(j => j.Candidate.Of.Trigger.Name, StringComparer.Ordinal)
            .ToList();
        var won = false;
        foreach (var j in ranked)
        {
            if (won)
                Conclude(j, "suppressed", "lost-arbitration");
            else
                won = Try(j);
        }
    }

    /// <summary>A match that begins a journey is no candidate: the steps that the journey comes to at once are.</summary>
    private IReadOnlyList<NaiveCandidate> Reached(NaiveCandidate candidate, long clock)
    {
        if (!candidate.IsEntry || Judge(candidate, clock) is not { IsLetIn: true } judged)
            return [candidate];
        return candidate.Of.Enter(candidate, candidate.IsTimer ? judged.DecidedAt : candidate.At);
    }

    /// <summary>The quiet hours of what was held are over.</summary>
    public void Release(NaiveUser user, NaiveHeld held, long clock)
    {
        _clock = clock;
        var at = clock - held.Due > policy.Time.MisfireAfterMilliseconds ? clock : held.Due;
        if (held.AwaitsApproval && held.Candidate.Settings.Approval is { Default: ApprovalAnswer.Reject })
            End(user, held, "human-rejected", at);
        else
            GoOn(user, held, at);
    }

    /// <summary>A person has answered.</summary>
    public void Answer(NaiveUser user, NaiveHeld held, bool isApproved, long clock)
    {
        _clock = clock;
        if (isApproved)
            GoOn(user, held, clock);
        else
            End(user, held, "human-rejected", clock);
    }

    private void GoOn(NaiveUser user, NaiveHeld held, long at)
    {
        held.AwaitsApproval = false;
        var candidate = held.Candidate;
        var judged = new Judged(candidate, at, null) { Made = held.DecidedAt, Channel = held.Channel, Holdout = held.Holdout };
        var objection = Again(judged, held, at);
        var waits = objection == "quiet" && judged.Settings.Quiet == QuietMode.Hold;
        if (waits && _gates.QuietUntil(user, held.Channel, at) is { } later && later <= judged.Expiry)
        {
            held.Due = later;
            return;
        }

        Drop(user, held);
        if (objection is null)
            Send(judged);
        else
            Conclude(judged, "suppressed", waits ? "expired" : objection);
    }

    /// <summary>An event ended its instance.</summary>
    public void End(NaiveUser user, NaiveHeld held, string reason, long clock)
    {
        Drop(user, held);
        Conclude(new Judged(held.Candidate, clock, null), "suppressed", reason);
    }

    /// <summary>The user has one more name: who is held out under it is sent nothing of what is held.</summary>
    public void HoldOut(NaiveUser user)
    {
        for (var i = 0; i < user.Held.Count; i++)
        {
            var held = user.Held[i];
            if (held.Holdout is not null || _gates.Holdout(user, held.Candidate.Of.Trigger) is not { } holdout)
                continue;
            user.Held[i] = held with { Holdout = holdout };
            user.Contact.Prompts.RemoveAll(p => p.Id == held.PromptId);
        }
    }

    private static void Drop(NaiveUser user, NaiveHeld held)
    {
        user.Held.Remove(held);
        user.Contact.Prompts.RemoveAll(p => p.Id == held.PromptId);
    }

    private string? Again(Judged judged, NaiveHeld held, long at)
    {
        var user = judged.User;
        if (IsPaused(judged.Candidate))
            return "circuit-open";
        if (at > judged.Expiry)
            return "expired";
        if (Objection(judged.Candidate, at, at) is { } first)
            return first;
        if (!user.Contact.Allows(judged.Settings.Purpose, policy.ConsentGrantedByDefault))
            return "no-consent";
        if (_gates.IsFull(user, held.Channel, judged.Settings.Purpose, at, held.PromptId))
            return "cap";
        if (!judged.IsTransactional && _gates.IsQuiet(user, held.Channel, at))
            return "quiet";
        return NaiveTemplate.IsFilled(judged.Candidate, at) ? null : "template-error";
    }

    private Judged Judge(NaiveCandidate candidate, long clock)
    {
        var misfires = candidate.IsTimer && clock - candidate.At > policy.Time.MisfireAfterMilliseconds;
        var decidedAt = misfires || !candidate.IsTimer ? clock : candidate.At;
        if (IsPaused(candidate))
            return new Judged(candidate, decidedAt, "circuit-open");
        if (misfires && Skips(candidate, clock))
            return new Judged(candidate, decidedAt, "misfire");
        var judged = new Judged(candidate, decidedAt, Objection(candidate, decidedAt, candidate.IsTimer ? decidedAt : candidate.At));
        if (judged.Objection is not null)
            return judged;
        if (candidate.IsEntry)
            return judged with { IsLetIn = true };
        var (user, decide) = (judged.User, judged.Settings);
        if (!user.Contact.Allows(decide.Purpose, policy.ConsentGrantedByDefault))
            return judged with { Objection = "no-consent" };
        if (NaiveGates.Channel(user.Contact, decide) is not { } channel)
            return judged with { Objection = "unreachable" };
        return judged with
        {
            Channel = channel,
            Holdout = _gates.Holdout(user, candidate.Of.Trigger),
            Objection = NaiveGates.Score(user, decide, decidedAt),
        };
    }

    private static bool Skips(NaiveCandidate candidate, long clock) => candidate.Settings.Misfire switch
    {
        MisfireMode.Fire => false,
        MisfireMode.Skip => true,
        _ => clock > candidate.At + candidate.Settings.ExpiresMilliseconds,
    };

    private bool IsPaused(NaiveCandidate candidate) => Outcomes.IsPaused(candidate.Of.Trigger, _clock);

    private string? Objection(NaiveCandidate candidate, long decidedAt, long readAt)
    {
        if (readAt < _believedFrom.GetValueOrDefault(candidate.Of.Trigger.Name, long.MinValue))
            return "backfill";
        var scope = new NaiveScope(candidate.Of.User, readAt) { Event = candidate.Event, Aliases = candidate.Aliases };
        if (!NaiveExpression.Holds(candidate.If, scope))
            return "predicate";
        if (candidate.Step is null && candidate.Of.IsInJourney(candidate.Key))
            return "already-in";
        return candidate.Step is null ? candidate.Of.Reentry.Objection(candidate.Key, decidedAt) : null;
    }

    /// <summary>Caps and quiet hours; true when it is sent or held.</summary>
    private bool Try(Judged judged)
    {
        var (user, decide, at) = (judged.User, judged.Settings, judged.DecidedAt);
        if (judged.IsTransactional)
            return Ask(judged) || Fill(judged);
        if (_gates.IsFull(user, judged.Channel!, decide.Purpose, at, null))
            return Conclude(judged, "suppressed", "cap");
        if (_gates.QuietUntil(user, judged.Channel!, at) is not { } end)
            return Ask(judged) || Fill(judged);
        switch (decide.Quiet)
        {
            case QuietMode.Drop:
                return Conclude(judged, "suppressed", "quiet");
            case QuietMode.NextChannel:
                var next = decide.Channels.FirstOrDefault(c =>
                    user.Contact.Reaches(c) && !_gates.IsQuiet(user, c, at) && !_gates.IsFull(user, c, decide.Purpose, at, null));
                if (next is null)
                    return Conclude(judged, "suppressed", "quiet");
                return Ask(judged with { Channel = next }) || Fill(judged with { Channel = next });
            default:
                if (Ask(judged))
                    return true;
                return end > judged.Expiry ? Conclude(judged, "suppressed", "expired") : Hold(judged, end);
        }
    }

    /// <summary>False: nobody is asked.</summary>
    private bool Ask(Judged judged)
    {
        if (judged.Holdout is not null || judged.Settings.Approval is not { } approval)
            return false;
        Hold(judged, Math.Min(judged.DecidedAt + approval.WithinMilliseconds, judged.Expiry));
        judged.User.Held[^1].AwaitsApproval = true;
        return true;
    }

    private bool Hold(Judged judged, long until)
    {
        var (candidate, user) = (judged.Candidate, judged.User);
        var id = judged.PromptId;
        user.Held.Add(new NaiveHeld(candidate, judged.DecidedAt, judged.Channel!, judged.Holdout, id) { Due = until });
        if (judged.Holdout is null)
            user.Contact.Prompts.Add(new NaivePrompt(id, judged.Channel!, judged.Settings.Purpose, judged.DecidedAt) { IsHeld = true });
        Conclude(judged, "held", null);
        return true;
    }

    /// <summary>The template, as all gates but the first, at the clock.</summary>
    private bool Fill(Judged judged) =>
        NaiveTemplate.IsFilled(judged.Candidate, judged.DecidedAt) ? Send(judged) : Conclude(judged, "suppressed", "template-error");

    private bool Send(Judged judged)
    {
        var (candidate, user) = (judged.Candidate, judged.User);
        var variant = Outcomes.Variant(user, candidate.Of.Trigger, judged.PromptId, _clock);
        Outcomes.Add(candidate.Of.Trigger, user, variant, judged.Holdout ?? "sent", judged.DecidedAt, _clock);
        if (judged.Holdout is { } holdout)
            return Conclude(judged, "ghost", holdout);
        var kind = Supersedes(judged) ? "supersede" : "send";
        candidate.Of.Keeper.Reentry.Sent(candidate.Key, judged.DecidedAt);
        candidate.Sent?.Invoke(judged.Expiry);
        user.Contact.Prompts.Add(new NaivePrompt(judged.PromptId, judged.Channel!, judged.Settings.Purpose, judged.DecidedAt));
        if (variant is not null)
            user.Expose(judged.DecidedAt);
        Conclude(judged, "sent", null, $"{judged.PromptId} {judged.Channel} {judged.Made} {judged.DecidedAt} {judged.Expiry} {variant} {kind}");
        return true;
    }

    private static bool Supersedes(Judged judged)
    {
        if (!judged.Settings.Supersede)
            return false;
        var (shown, key) = (judged.User.Shown, (judged.Candidate.Of.Trigger.Name, judged.Candidate.Key));
        var supersedes = shown.TryGetValue(key, out var former) && former.Channel == judged.Channel && judged.DecidedAt <= former.Until;
        shown[key] = (judged.Channel!, judged.Expiry);
        return supersedes;
    }

    /// <summary>Always false.</summary>
    private bool Conclude(Judged judged, string verdict, string? reason, string? prompt = null)
    {
        var candidate = judged.Candidate;
        var (of, key) = (candidate.Of, candidate.Key.Text);
        var decision = new NaiveDecision(judged.DecidedAt, of.User.Name, of.Trigger.Name, key, verdict, reason, candidate.Causes);
        Decisions.Add(decision with { Prompt = prompt, Step = candidate.Step?.Name, Version = of.Trigger.Version });
        return false;
    }

    private sealed record Judged(NaiveCandidate Candidate, long DecidedAt, string? Objection)
    {
        /// <summary>When the candidate was decided first.</summary>
        public long Made { get; init; } = DecidedAt;

        public string? Channel { get; init; }

        public string? Holdout { get; init; }

        public NaiveUser User => Candidate.Of.User;

        /// <summary>It begins a journey.</summary>
        public bool IsLetIn { get; init; }

        public DecideDefinition Settings => Candidate.Settings;

        public long Expiry => Made + Settings.ExpiresMilliseconds;

        public bool IsTransactional => Settings.Purpose == "transactional";

        public string PromptId => NaiveGates.PromptId(Candidate.Of.Trigger.Name, User.Name, Candidate.Key.Text,
            Candidate.Causes.Count > 0 ? string.Join(',', Candidate.Causes) : $"@{(Candidate.Step is null ? Made : Candidate.BeganAt)}",
            Candidate.Step?.Name ?? "0");
    }
}
