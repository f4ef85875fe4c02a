using System.Runtime.InteropServices;
using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>Takes the candidates of one event, or of one user's timers at one instant, through the gates: each ends in one verdict.</summary>
internal sealed class Decider(CompiledRulebook rulebook, Lane lane, CivilTime civil)
{
    private readonly List<Candidate> _contenders = [];
    private readonly TemplateNeeds _templates = new(rulebook);

    public VerdictTally Tally { get; } = new(rulebook.Triggers.Length);

    /// <summary>False: suppressed candidates are counted only, and no decision is made of them.</summary>
    public bool WantsSuppressed { get; set; } = true;

    /// <summary>Decides the group; <paramref name="e"/> is the event that made it, of no meaning where timers did.</summary>
    public void Decide(List<Candidate> candidates, in BehaviorEvent e, UserState user, List<Decision> into)
    {
        foreach (ref readonly var candidate in CollectionsMarshal.AsSpan(candidates))
        {
            Tally.Count(candidate.Trigger.Index);
            var scope = ScopeOf(candidate, e, user);
            var reason = BeforeArbitration(candidate, scope);
            if (reason != Reason.None) End(candidate, reason, into);
            else if (candidate.Trigger.IsTransactional) AfterArbitration(candidate, scope, into);
            else _contenders.Add(candidate);
        }
        if (_contenders.Count > 0) Arbitrate(e, user, into);
        Tally.AssertBalanced();
    }

    private Scope ScopeOf(in Candidate candidate, in BehaviorEvent e, UserState user) => candidate.Due is null
        ? new(in e, user, candidate.ReadAt.UnixMilliseconds, civil, candidate.Captured)
        : new(user, candidate.ReadAt.UnixMilliseconds, civil, candidate.Captured);

    /// <summary>Gates 1 and 2. Holdout, consent, channel and score stand between them and arbitration.</summary>
    private Reason BeforeArbitration(in Candidate candidate, in Scope scope)
    {
        if (IsMisfire(candidate)) return Reason.Misfire;
        if (candidate.Trigger.Predicate is { } predicate && !predicate.Holds(scope)) return Reason.Predicate;
        return candidate.Trigger.RemembersSending ? Reentry(candidate, scope.User) : Reason.None;
    }

    private bool IsMisfire(in Candidate candidate)
    {
        if (candidate.Due is not { } due || candidate.DecidedAt - due <= rulebook.Time.MisfireAfterMilliseconds) return false;
        var decide = candidate.Trigger.Decide;
        return decide.Misfire switch
        {
            MisfireMode.Fire => false,
            MisfireMode.Skip => true,
            _ => candidate.DecidedAt - due > decide.ExpiresMilliseconds,
        };
    }

    private static Reason Reentry(in Candidate candidate, UserState user)
    {
        if (user.FindInstance(candidate.Trigger.Index, candidate.Key.Identity) is not { } instance) return Reason.None;
        if (instance.IsBlocked) return Reason.AlreadyIn;
        var isTooSoon = instance.LastSent is { } sent
            && candidate.DecidedAt - sent < candidate.Trigger.Decide.CooldownMilliseconds;
        return isTooSoon ? Reason.Cooldown : Reason.None;
    }

    private void Arbitrate(in BehaviorEvent e, UserState user, List<Decision> into)
    {
        var isWon = false;
        if (_contenders.Count > 1) ContenderOrder.Sort(_contenders);
        foreach (ref readonly var contender in CollectionsMarshal.AsSpan(_contenders))
        {
            if (isWon) End(contender, Reason.LostArbitration, into);
            else isWon = AfterArbitration(contender, ScopeOf(contender, e, user), into);
        }
        _contenders.Clear();
    }

    /// <summary>Caps and quiet hours stand here, before the template. True when the candidate is sent.</summary>
    private bool AfterArbitration(in Candidate candidate, in Scope scope, List<Decision> into)
    {
        var data = Evaluate(candidate.Trigger.Data, scope);
        if (_templates.IsMissing(candidate.Trigger, data))
        {
            End(candidate, Reason.TemplateError, into);
            return false;
        }
        Send(candidate, scope.User, data, into);
        return true;
    }

    private static Value[] Evaluate(CompiledField[] fields, in Scope scope)
    {
        if (fields.Length == 0) return [];
        var values = new Value[fields.Length];
        for (var i = 0; i < fields.Length; i++) values[i] = fields[i].Value.Evaluate(scope);
        return values;
    }

    private void Send(in Candidate candidate, UserState user, Value[] data, List<Decision> into)
    {
        var decision = new Decision(candidate, Verdict.Sent, Reason.None) { Data = data };
        if (candidate.Trigger.RemembersSending)
        {
            var instance = lane.Pool.OpenInstance(user, candidate.Trigger.Index, candidate.Key);
            instance.LastSent = candidate.DecidedAt;
            instance.IsBlocked = candidate.Trigger.Decide.Reentry is ReentryMode.Once or ReentryMode.AfterExit;
        }
        if (candidate.Absence is { } absence) absence.SentUntil = decision.NotAfter;
        Tally.End(candidate.Trigger.Index, Reason.None);
        into.Add(decision);
    }

    private void End(in Candidate candidate, Reason reason, List<Decision> into)
    {
        Tally.End(candidate.Trigger.Index, reason);
        if (WantsSuppressed) into.Add(new(candidate, Verdict.Suppressed, reason));
    }
}
