using System.Globalization;
using System.Runtime.InteropServices;
using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Takes the candidates of one event, or of one user's timers at one instant, through the gates: each ends in one verdict, or is held.</summary>
internal sealed partial class Decider
{
    private readonly CompiledRulebook _rulebook;
    private readonly Lane _lane;
    private readonly Surroundings _around;
    private readonly List<Contender> _contenders = [];
    private readonly TemplateNeeds _templates;
    private readonly Holdouts _holdouts;
    private readonly FrequencyCaps _caps;
    private readonly QuietGate _quiet;
    private readonly Experiments _experiments;
    private readonly JourneyRunner _journeys;
    private readonly List<Candidate> _reached = [];
    private readonly ScoreGate _scores;
    private readonly OutcomeWatch _outcomes;
    private GlobalStatistics? _statistics;

    public Decider(CompiledRulebook rulebook, Lane lane, Surroundings around)
    {
        (_rulebook, _lane, _around) = (rulebook, lane, around);
        Tally = new(rulebook.Triggers.Length);
        _templates = new(rulebook);
        _holdouts = new(rulebook);
        _caps = new(rulebook, around.Civil);
        _quiet = new(rulebook, around.Civil);
        _experiments = new(rulebook);
        _journeys = new(rulebook, lane, around);
        _scores = new(around);
        _outcomes = new(rulebook, lane);
    }

    public VerdictTally Tally { get; }

    /// <summary>What came of earlier prompts: the version in force.</summary>
    public GlobalStatistics Statistics
    {
        get => _statistics ??= GlobalStatistics.None(_rulebook);
        set => _statistics = value;
    }

    /// <summary>False: suppressed candidates are counted only, and no decision is made of them.</summary>
    public bool WantsSuppressed { get; set; } = true;

    /// <summary>Decides the group; <paramref name="e"/> is the event that made it, of no meaning where timers did.</summary>
    public void Decide(List<Candidate> candidates, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(candidates))
        {
            if (candidate.Trigger.Journey is null) Judge(candidate, e, user, into);
            else Enter(candidate, e, user, into);
        }
        if (_contenders.Count > 0) Arbitrate(e, user, into);
        Tally.AssertBalanced();
    }

    private void Judge(in Candidate candidate, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        Tally.Count(candidate.Trigger.Index);
        var scope = ScopeOf(candidate, e, user);
        var reason = BeforeArbitration(candidate, scope, out var reach);
        // Most candidates end here, and nobody asks of them but how many.
        if (reason != Reason.None && !WantsSuppressed) Tally.End(candidate.Trigger.Index, reason);
        else if (reason != Reason.None) End(new Contender(candidate, reach).As(reason), e, user, into);
        else if (candidate.Trigger.IsTransactional) AfterArbitration(new(candidate, reach), scope, e, into);
        else _contenders.Add(new(candidate, reach));
    }

    /// <summary>A match that a journey begins with is a candidate only where gate 1 or 2 turns it away; else what the journey comes to are.</summary>
    private void Enter(in Candidate match, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var scope = ScopeOf(match, e, user);
        var reason = FirstGates(match, scope);
        if (reason != Reason.None)
        {
            Tally.Count(match.Trigger.Index);
            End(new(match, Verdict.Suppressed, reason), e, user, into);
            return;
        }
        _journeys.Enter(match, scope, _reached);
        foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(_reached)) Judge(candidate, e, user, into);
        _reached.Clear();
    }

    private Scope ScopeOf(in Candidate candidate, in BehaviorEvent e, UserState user) => candidate.Due is null
        ? new(in e, user, candidate.ReadAt.UnixMilliseconds, _around, candidate.Captured)
        : new(user, candidate.ReadAt.UnixMilliseconds, _around, candidate.Captured);

    /// <summary>Gates 1 to 6.</summary>
    private Reason BeforeArbitration(in Candidate candidate, in Scope scope, out Reach reach)
    {
        reach = default;
        var reason = FirstGates(candidate, scope);
        if (reason != Reason.None) return reason;
        var (trigger, user) = (candidate.Trigger, scope.User);
        reach.HeldOut = _holdouts.Of(user, trigger);
        if (!HasConsent(trigger, user)) return Reason.NoConsent;
        reach.Channel = ChannelGate.Choose(trigger, user.Contact);
        if (reach.Channel < 0) return Reason.Unreachable;
        return trigger.Thresholds.Length == 0 ? Reason.None : Score(candidate, user, ref reach);
    }

    private Reason FirstGates(in Candidate candidate, in Scope scope)
    {
        var trigger = candidate.Trigger;
        if (IsPaused(trigger)) return Reason.CircuitOpen;
        if (IsMisfire(candidate)) return Reason.Misfire;
        if (trigger.IsWarming(candidate)) return Reason.Backfill;
        if (trigger.Predicate is { } predicate && !predicate.Holds(scope)) return Reason.Predicate;
        return trigger.AsksReentry ? Reentry(candidate, scope.User, candidate.DecidedAt) : Reason.None;
    }

    /// <summary>Gate 6; what it looked at is said where somebody reads it.</summary>
    private Reason Score(in Candidate candidate, UserState user, ref Reach reach)
    {
        var says = WantsSuppressed ? new List<string>() : null;
        var reason = _scores.Check(candidate.Trigger, user, candidate.DecidedAt, says);
        if (says is not null) reach.Scores = string.Join("; ", says);
        return reason;
    }

    private bool IsPaused(CompiledTrigger trigger) => trigger.PausesOnHarm && Statistics.PauseOf(trigger) is not null;

    private bool IsMisfire(in Candidate candidate)
    {
        if (candidate.Due is not { } due || candidate.DecidedAt - due <= _rulebook.Time.MisfireAfterMilliseconds) return false;
        var decide = candidate.Trigger.Decide;
        return decide.Misfire switch
        {
            MisfireMode.Fire => false,
            MisfireMode.Skip => true,
            _ => candidate.DecidedAt - due > decide.ExpiresMilliseconds,
        };
    }

    private static Reason Reentry(in Candidate candidate, UserState user, EventTime at)
    {
        foreach (var elder in candidate.Trigger.Elders)
            if (user.FindInstance(elder.Index, candidate.Key.Identity) is { IsInJourney: true }) return Reason.AlreadyIn;
        if (user.FindInstance(candidate.Trigger.Index, candidate.Key.Identity) is not { } instance) return Reason.None;
        if (instance.IsBlocked || instance.IsInJourney) return Reason.AlreadyIn;
        var cooldown = candidate.Trigger.Decide.CooldownMilliseconds;
        // A verdict may fall a little behind the last sent: without a cooldown that is not too soon.
        var isTooSoon = cooldown > 0 && instance.LastSent is { } sent && at - sent < cooldown;
        return isTooSoon ? Reason.Cooldown : Reason.None;
    }

    private bool HasConsent(CompiledTrigger trigger, UserState user) =>
        user.Contact?.IsGranted(trigger.Purpose) ?? _rulebook.Definition.Policy.ConsentGrantedByDefault;

    private void Arbitrate(in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var isWon = false;
        if (_contenders.Count > 1) ContenderOrder.Sort(_contenders);
        foreach (ref readonly var contender in CollectionsMarshal.AsSpan(_contenders))
        {
            var candidate = contender.Candidate;
            if (isWon)
                End(contender.As(Reason.LostArbitration), e, user, into);
            else isWon = AfterArbitration(contender, ScopeOf(candidate, e, user), e, into);
        }
        _contenders.Clear();
    }

    /// <summary>Gates 8 to 10. True when the candidate is sent or held.</summary>
    private bool AfterArbitration(in Contender contender, in Scope scope, in BehaviorEvent e, List<Decision> into)
    {
        var (candidate, user) = (contender.Candidate, scope.User);
        var at = candidate.DecidedAt;
        var decision = contender.As(Reason.None);
        var prompt = TraceOf(candidate.Trigger, contender.Reach.Channel, default, at);
        var reason = candidate.Trigger.IsTransactional ? Reason.None : Disturbs(ref decision, ref prompt, user);
        if (AsksFirst(decision, reason) is { } deadline)
        {
            if (user.Held.Count >= Limits.HeldMax)
            {
                End(decision with { Reason = Reason.HumanRejected, Detail = "too many prompts of the user wait already" }, e, user, into);
                return false;
            }
            Hold(decision with { AwaitsApproval = true }, deadline, scope, e, into);
            return true;
        }
        if (reason == Reason.Quiet && candidate.Trigger.Decide.Quiet == QuietMode.Hold)
        {
            var end = _quiet.EndsAt(user, at, decision.NotAfter);
            if (end is { } instant && user.Held.Count < Limits.HeldMax)
            {
                Hold(decision, instant, scope, e, into);
                return true;
            }
            if (end is null) reason = Reason.Expired;
        }
        Value[] data = [];
        if (reason == Reason.None && !TryFill(candidate.Trigger, candidate.Trigger.Data, scope, out data)) reason = Reason.TemplateError;
        if (reason == Reason.None) return Send(decision with { Data = data }, prompt, e, user, into);
        End(decision with { Reason = reason, Detail = DetailOf(reason, prompt, user, at) }, e, user, into);
        return false;
    }

    /// <summary>Until when a person is asked before a prompt goes out, or is held for quiet hours; null: nobody is. Nobody is asked about a ghost.</summary>
    private static EventTime? AsksFirst(in Decision decision, Reason reason)
    {
        var decide = decision.Candidate.Trigger.Decide;
        if (decide.Approval is not { } approval || decision.HeldOut != HeldOut.No) return null;
        if (reason != Reason.None && (reason != Reason.Quiet || decide.Quiet != QuietMode.Hold)) return null;
        return new(Math.Min((decision.At + approval.WithinMilliseconds).UnixMilliseconds, decision.NotAfter.UnixMilliseconds));
    }

    /// <summary>Gates 8 and 9; where quiet hours ask for it, of the trigger's next channels too.</summary>
    private Reason Disturbs(ref Decision decision, ref PromptTrace prompt, UserState user)
    {
        var (trigger, at) = (decision.Candidate.Trigger, decision.At);
        if (_caps.Full(user, prompt, at) is not null) return Reason.Cap;
        if (!_quiet.IsQuiet(trigger.Channels[decision.Channel], user, at)) return Reason.None;
        if (trigger.Decide.Quiet != QuietMode.NextChannel) return Reason.Quiet;
        for (var next = ChannelGate.Next(trigger, 0, user.Contact); next >= 0; next = ChannelGate.Next(trigger, next + 1, user.Contact))
        {
            var other = TraceOf(trigger, next, default, at);
            if (_quiet.IsQuiet(trigger.Channels[next], user, at) || _caps.Full(user, other, at) is not null) continue;
            (decision, prompt) = (decision with { Channel = next }, other);
            return Reason.None;
        }
        return Reason.Quiet;
    }

    private bool TryFill(CompiledTrigger trigger, CompiledField[] fields, in Scope scope, out Value[] data)
    {
        data = fields.Length == 0 ? [] : new Value[fields.Length];
        for (var i = 0; i < fields.Length; i++) data[i] = fields[i].Value.Evaluate(scope);
        return !_templates.IsMissing(trigger, data);
    }

    private static PromptTrace TraceOf(CompiledTrigger trigger, int channel, UInt128 id, EventTime at) =>
        new(id, trigger.Channels[channel].Identity, trigger.PurposeIdentity) { At = at };

    private bool Send(in Decision decision, in PromptTrace prompt, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var candidate = decision.Candidate;
        if (decision.HeldOut != HeldOut.No)
        {
            var reason = decision.HeldOut == HeldOut.FromAll ? Reason.GlobalHoldout : Reason.Holdout;
            End(decision with { Verdict = Verdict.Ghost, Reason = reason, Variant = Follow(decision, e, user) }, e, user, into);
            return false;
        }
        var names = CandidateNames.Of(candidate, e, user.Id);
        var id = names.PromptId(candidate);
        if ((candidate.Trigger.Successor ?? candidate.Trigger) is { RemembersSending: true } keeper)
        {
            var instance = _lane.Pool.OpenInstance(user, keeper.Index, candidate.Key);
            instance.LastSent = decision.At;
            instance.IsBlocked = keeper.Decide.Reentry is ReentryMode.Once or ReentryMode.AfterExit;
        }
        if (candidate.Absence is { } absence) absence.SentUntil = decision.NotAfter;
        Remember(prompt with { Id = PromptId.ValueOf(id) }, user);
        if (user.Contact!.Open(candidate.Trigger.Channels[decision.Channel].Text) is { } channel) channel.Sent++;
        Tally.End(candidate.Trigger.Index, Reason.None);
        var (variant, propensity) = VariantOf(candidate.Trigger, user, id);
        _experiments.Expose(candidate.Trigger, user, decision.At);
        _outcomes.Decided(decision, user, variant);
        into.Add(decision with
        {
            Verdict = Verdict.Sent,
            Names = names,
            PromptId = id,
            Variant = variant,
            Propensity = propensity,
            Supersedes = _outcomes.Supersedes(decision, user),
        });
        return true;
    }

    /// <summary>A ghost counts for the variant that its user would have got.</summary>
    private int Follow(in Decision ghost, in BehaviorEvent e, UserState user)
    {
        var trigger = ghost.Candidate.Trigger;
        if (trigger.GoalIdentity == 0 && !WantsSuppressed) return -1;
        var id = trigger.Decide.Bandit is null ? "" : CandidateNames.Of(ghost.Candidate, e, user.Id).PromptId(ghost.Candidate);
        var (variant, _) = VariantOf(trigger, user, id);
        if (trigger.GoalIdentity != 0) _outcomes.Decided(ghost, user, variant);
        return variant;
    }

    private (int Variant, double? Propensity) VariantOf(CompiledTrigger trigger, UserState user, string promptId) =>
        _experiments.Of(trigger, user, promptId, trigger.Decide.Bandit is null ? null : Statistics);

    private void Remember(in PromptTrace prompt, UserState user) =>
        (user.Contact ??= new()).Add(prompt, _lane.Clock - _caps.RemembersMilliseconds);

    private void End(in Decision decision, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        Tally.End(decision.Candidate.Trigger.Index, decision.Reason);
        if (decision.Candidate.Captured is HeldCandidate held) Forget(held);
        if (!WantsSuppressed) return;
        var detail = decision.Reason == Reason.CircuitOpen ? Statistics.PauseOf(decision.Candidate.Trigger) : decision.Detail;
        into.Add(decision with { Names = CandidateNames.Of(decision.Candidate, e, user.Id), Detail = detail });
    }

    /// <summary>The counted set of a cap is frozen here.</summary>
    private string? DetailOf(Reason reason, in PromptTrace prompt, UserState user, EventTime at)
    {
        if (!WantsSuppressed || reason != Reason.Cap || _caps.Full(user, prompt, at) is not { } cap) return null;
        var counted = _caps.Counted(cap, user, prompt, at).Select(id => id.ToString("x32", CultureInfo.InvariantCulture));
        return $"{cap}: {string.Join(' ', counted)}";
    }
}
