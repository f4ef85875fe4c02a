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
    private readonly List<Decision> _contenders = [];
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
    public void Decide(CandidateGroup group, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var candidates = CollectionsMarshal.AsSpan(group.Candidates);
        foreach (ref readonly var candidate in candidates[..group.BeforeMatches]) Take(candidate, e, user, into);
        foreach (var trigger in group.Matches) TakeMatch(trigger, e, user, into);
        foreach (ref readonly var candidate in candidates[group.BeforeMatches..]) Take(candidate, e, user, into);
        if (_contenders.Count > 0) Arbitrate(e, user, into);
        Tally.AssertBalanced();
    }

    /// <summary>A match of the event alone: most end at gate 1, and where nobody asks of them but how many, no candidate is made.</summary>
    private void TakeMatch(CompiledTrigger trigger, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var scope = new Scope(in e, user, e.At.UnixMilliseconds, _around);
        var reason = FirstGate(trigger, isMisfire: false, trigger.IsWarming(e.At), scope);
        if (reason != Reason.None && !WantsSuppressed) Turn(trigger, reason);
        else Take(new(trigger, trigger.KeyOf(scope), _lane.Clock, e.At) { IsByEvent = true }, reason, scope, e, into);
    }

    private void Take(in Candidate candidate, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var scope = ScopeOf(candidate, candidate.ReadAt, e, user);
        var reason = FirstGate(candidate.Trigger, IsMisfire(candidate), candidate.Trigger.IsWarming(candidate), scope);
        Take(candidate, reason, scope, e, into);
    }

    /// <param name="candidate">It.</param>
    /// <param name="reason">What gate 1 says.</param>
    /// <param name="scope">What it is read in.</param>
    /// <param name="e">The event that made it.</param>
    /// <param name="into">Decisions.</param>
    private void Take(in Candidate candidate, Reason reason, in Scope scope, in BehaviorEvent e, List<Decision> into)
    {
        if (reason == Reason.None && candidate.Trigger.AsksReentry) reason = Reentry(candidate, scope.User, candidate.DecidedAt);
        if (reason == Reason.None && candidate.Trigger.Journey is not null) Enter(candidate, scope, e, into);
        else Judge(candidate, reason, scope, e, into);
    }

    /// <param name="candidate">It.</param>
    /// <param name="reason">What gates 1 and 2 say.</param>
    /// <param name="scope">What it is read in.</param>
    /// <param name="e">The event that made it.</param>
    /// <param name="into">Decisions.</param>
    private void Judge(in Candidate candidate, Reason reason, in Scope scope, in BehaviorEvent e, List<Decision> into)
    {
        if (reason != Reason.None && !WantsSuppressed)
        {
            Turn(candidate.Trigger, reason);
            return;
        }
        Tally.Count(candidate.Trigger.Index);
        var decision = new Decision(candidate);
        if (reason == Reason.None) reason = BeforeArbitration(decision, scope.User);
        if (reason != Reason.None) End(decision, reason, e, scope.User, into);
        else if (candidate.Trigger.IsTransactional) AfterArbitration(decision, scope.User, e, into);
        else _contenders.Add(decision);
    }

    /// <summary>A candidate of which nobody asks but how many.</summary>
    private void Turn(CompiledTrigger trigger, Reason reason)
    {
        Tally.Count(trigger.Index);
        Tally.End(trigger.Index, reason);
    }

    /// <summary>A match that a journey begins with is a candidate only where gate 1 or 2 turns it away; else what the journey comes to are.</summary>
    private void Enter(in Candidate match, in Scope scope, in BehaviorEvent e, List<Decision> into)
    {
        _journeys.Enter(match, scope, _reached);
        foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(_reached)) Take(candidate, e, scope.User, into);
        _reached.Clear();
    }

    private Scope ScopeOf(in Candidate candidate, EventTime at, in BehaviorEvent e, UserState user) => candidate.Due is null
        ? new(in e, user, at.UnixMilliseconds, _around, candidate.Captured)
        : new(user, at.UnixMilliseconds, _around, candidate.Captured);

    /// <summary>Gates 3 to 6.</summary>
    private Reason BeforeArbitration(Decision decision, UserState user)
    {
        var trigger = decision.Trigger;
        decision.HeldOut = _holdouts.Of(user, trigger);
        if (!HasConsent(trigger, user)) return Reason.NoConsent;
        decision.Channel = ChannelGate.Choose(trigger, user.Contact);
        if (decision.Channel < 0) return Reason.Unreachable;
        return trigger.Thresholds.Length == 0 ? Reason.None : Score(decision, user);
    }

    private Reason FirstGate(CompiledTrigger trigger, bool isMisfire, bool isWarming, in Scope scope)
    {
        if (IsPaused(trigger)) return Reason.CircuitOpen;
        if (isMisfire) return Reason.Misfire;
        if (isWarming) return Reason.Backfill;
        return trigger.Predicate is { } predicate && !predicate.Holds(scope) ? Reason.Predicate : Reason.None;
    }

    /// <summary>Gate 6; what it looked at is said where somebody reads it.</summary>
    private Reason Score(Decision decision, UserState user)
    {
        var says = WantsSuppressed ? new List<string>() : null;
        var reason = _scores.Check(decision.Trigger, user, decision.At, says);
        if (says is not null) decision.Scores = string.Join("; ", says);
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
        foreach (var contender in _contenders)
        {
            if (isWon) End(contender, Reason.LostArbitration, e, user, into);
            else isWon = AfterArbitration(contender, user, e, into);
        }
        _contenders.Clear();
    }

    /// <summary>Gates 8 to 10. True when the candidate is sent or held.</summary>
    private bool AfterArbitration(Decision decision, UserState user, in BehaviorEvent e, List<Decision> into)
    {
        var (trigger, at) = (decision.Trigger, decision.At);
        // Of a late event only the predicate is read at its own time.
        var scope = ScopeOf(decision.Candidate, trigger.Definition.Prompt.IsReadAsPredicate ? decision.Candidate.ReadAt : at, e, user);
        var prompt = TraceOf(trigger, decision.Channel, default, at);
        var reason = trigger.IsTransactional ? Reason.None : Disturbs(decision, ref prompt, user);
        if (AsksFirst(decision, reason) is { } deadline)
        {
            if (user.Held.Count >= Limits.HeldMax)
            {
                decision.Detail = "too many prompts of the user wait already";
                End(decision, Reason.HumanRejected, e, user, into);
                return false;
            }
            decision.AwaitsApproval = true;
            Hold(decision, deadline, scope, e, into);
            return true;
        }
        if (reason == Reason.Quiet && trigger.Decide.Quiet == QuietMode.Hold)
        {
            var end = _quiet.EndsAt(user, at, decision.NotAfter);
            if (end is { } instant && user.Held.Count < Limits.HeldMax)
            {
                Hold(decision, instant, scope, e, into);
                return true;
            }
            if (end is null) reason = Reason.Expired;
        }
        if (reason == Reason.None && !TryFill(decision, trigger.Data, scope)) reason = Reason.TemplateError;
        if (reason == Reason.None) return Send(decision, prompt, e, user, into);
        decision.Detail = DetailOf(reason, prompt, user, at);
        End(decision, reason, e, user, into);
        return false;
    }

    /// <summary>Until when a person is asked before a prompt goes out, or is held for quiet hours; null: nobody is. Nobody is asked about a ghost.</summary>
    private static EventTime? AsksFirst(Decision decision, Reason reason)
    {
        var decide = decision.Trigger.Decide;
        if (decide.Approval is not { } approval || decision.HeldOut != HeldOut.No) return null;
        if (reason != Reason.None && (reason != Reason.Quiet || decide.Quiet != QuietMode.Hold)) return null;
        return new(Math.Min((decision.At + approval.WithinMilliseconds).UnixMilliseconds, decision.NotAfter.UnixMilliseconds));
    }

    /// <summary>Gates 8 and 9; where quiet hours ask for it, of the trigger's next channels too.</summary>
    private Reason Disturbs(Decision decision, ref PromptTrace prompt, UserState user)
    {
        var (trigger, at) = (decision.Trigger, decision.At);
        if (_caps.Full(user, prompt, at) is not null) return Reason.Cap;
        if (!_quiet.IsQuiet(trigger.Channels[decision.Channel], user, at)) return Reason.None;
        if (trigger.Decide.Quiet != QuietMode.NextChannel) return Reason.Quiet;
        for (var next = ChannelGate.Next(trigger, 0, user.Contact); next >= 0; next = ChannelGate.Next(trigger, next + 1, user.Contact))
        {
            var other = TraceOf(trigger, next, default, at);
            if (_quiet.IsQuiet(trigger.Channels[next], user, at) || _caps.Full(user, other, at) is not null) continue;
            (decision.Channel, prompt) = (next, other);
            return Reason.None;
        }
        return Reason.Quiet;
    }

    private bool TryFill(Decision decision, CompiledField[] fields, in Scope scope)
    {
        var data = fields.Length == 0 ? [] : new Value[fields.Length];
        for (var i = 0; i < fields.Length; i++) data[i] = fields[i].Value.Evaluate(scope);
        decision.Data = data;
        return !_templates.IsMissing(decision.Trigger, data);
    }

    private static PromptTrace TraceOf(CompiledTrigger trigger, int channel, UInt128 id, EventTime at) =>
        new(id, trigger.Channels[channel].Identity, trigger.PurposeIdentity) { At = at };

    private bool Send(Decision decision, in PromptTrace prompt, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        ref readonly var candidate = ref decision.Candidate;
        var trigger = decision.Trigger;
        if (decision.HeldOut != HeldOut.No)
        {
            (decision.Verdict, decision.Variant) = (Verdict.Ghost, Follow(decision, e, user));
            End(decision, decision.HeldOut == HeldOut.FromAll ? Reason.GlobalHoldout : Reason.Holdout, e, user, into);
            return false;
        }
        var names = CandidateNames.Of(candidate, e, user.Id);
        var id = names.PromptId(candidate);
        if ((trigger.Successor ?? trigger) is { RemembersSending: true } keeper)
        {
            var instance = _lane.Pool.OpenInstance(user, keeper.Index, candidate.Key);
            instance.LastSent = decision.At;
            instance.IsBlocked = keeper.Decide.Reentry is ReentryMode.Once or ReentryMode.AfterExit;
        }
        if (candidate.Absence is { } absence) absence.SentUntil = decision.NotAfter;
        Remember(prompt with { Id = PromptId.ValueOf(id) }, user);
        if (user.Contact!.Open(trigger.Channels[decision.Channel].Text) is { } channel) channel.Sent++;
        Tally.End(trigger.Index, Reason.None);
        (decision.Verdict, decision.Names, decision.PromptId) = (Verdict.Sent, names, id);
        (decision.Variant, decision.Propensity) = VariantOf(trigger, user, id);
        _experiments.Expose(trigger, user, decision.At);
        _outcomes.Decided(decision, user, decision.Variant);
        decision.Supersedes = _outcomes.Supersedes(decision, user);
        into.Add(decision);
        return true;
    }

    /// <summary>A ghost counts for the variant that its user would have got.</summary>
    private int Follow(Decision ghost, in BehaviorEvent e, UserState user)
    {
        var trigger = ghost.Trigger;
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

    private void End(Decision decision, Reason reason, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        ref readonly var candidate = ref decision.Candidate;
        decision.Reason = reason;
        Tally.End(candidate.Trigger.Index, reason);
        if (candidate.Captured is HeldCandidate held) Forget(held);
        if (!WantsSuppressed) return;
        decision.Names = CandidateNames.Of(candidate, e, user.Id);
        if (reason == Reason.CircuitOpen) decision.Detail = Statistics.PauseOf(candidate.Trigger);
        into.Add(decision);
    }

    /// <summary>The counted set of a cap is frozen here.</summary>
    private string? DetailOf(Reason reason, in PromptTrace prompt, UserState user, EventTime at)
    {
        if (!WantsSuppressed || reason != Reason.Cap || _caps.Full(user, prompt, at) is not { } cap) return null;
        var counted = _caps.Counted(cap, user, prompt, at).Select(id => id.ToString("x32", CultureInfo.InvariantCulture));
        return $"{cap}: {string.Join(' ', counted)}";
    }
}
