using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>
/// The contract read aloud in virtual time: every event is kept, every question is answered by looking at all of them
/// again.
/// </summary>
internal sealed class NaiveEngine
{
    private readonly NaiveIdentities _identities;
    private readonly Queue<NaiveChange> _changes;
    private readonly List<NaiveEvent> _held = [];
    private readonly NaiveAdmission _admission;
    private readonly NaiveVerdicts _verdicts;
    private readonly List<NaiveCancel> _cancels = [];
    private readonly NaiveStandings _standings;
    private long _clock = long.MinValue / 4;
    private RulebookDefinition _rulebook;
    private int _applied;

    private NaiveEngine(RulebookDefinition rulebook, IEnumerable<NaiveChange> changes)
    {
        _rulebook = rulebook;
        _changes = new(changes.OrderBy(c => c.At));
        _admission = new NaiveAdmission(rulebook.Policy.Time);
        _verdicts = new NaiveVerdicts(rulebook.Policy);
        _standings = new NaiveStandings(rulebook.Policy);
        _identities = new NaiveIdentities(rulebook, () => _clock, _standings);
    }

    /// <summary>A whole stream, in the order of arrival.</summary>
    /// <param name="rulebook">Valid; a construct that is not read is a <see cref="NotSupportedException"/>.</param>
    /// <param name="arrival">None of them malformed or from the future.</param>
    /// <param name="drain">True: at the end the clock moves on until no timer is left.</param>
    /// <param name="changes">Rulebooks that follow, one an instant, each with the policy of the first.</param>
    public static NaiveOutcome Run(
        RulebookDefinition rulebook, IReadOnlyList<NaiveEvent> arrival, bool drain, params IReadOnlyList<NaiveChange> changes)
    {
        var engine = new NaiveEngine(rulebook, changes);
        foreach (var e in arrival)
            engine.Arrive(e);
        foreach (var last in engine._held.Select(h => h.At).Order().TakeLast(1))
            engine.ChangeThrough(last);
        engine.Release(long.MaxValue);
        engine.FireUntil(engine._clock, included: true);
        if (drain)
        {
            engine.ChangeThrough(long.MaxValue);
            engine.FireUntil(long.MaxValue, included: true);
        }

        var patterns = engine._identities.Users.SelectMany(u => u.Detections).OfType<NaivePattern>();
        return new NaiveOutcome(engine._verdicts.Decisions, engine._cancels, engine._admission.Counts)
        {
            Identities = (engine._identities.Merges, engine._identities.Erasures),
            HasChanged = changes.Count > 0,
            Outcomes = engine._verdicts.Outcomes.Lines,
            PartialMatchesMax = patterns.Select(p => p.PartialMatchesMax).DefaultIfEmpty(0).Max(),
        };
    }

    /// <summary>Duplicates move the clock like any event; what is too late does nothing.</summary>
    private void Arrive(NaiveEvent e)
    {
        if (_admission.IsTooLate(e, _clock))
        {
            Hear(e);
            return;
        }

        var target = Math.Max(_clock, e.At - _rulebook.Policy.Time.DisorderMilliseconds);
        ChangeThrough(target);
        Release(target);
        FireUntil(target, included: false);
        _clock = target;
        _held.Add(e);
        Release(target);
    }

    /// <summary>An event of that instant is the next rulebook's, and so is what is due then.</summary>
    private void ChangeThrough(long clock)
    {
        while (_changes.TryPeek(out var change) && change.At <= clock)
        {
            _changes.Dequeue();
            Release(change.At - 1);
            FireUntil(change.At, included: false);
            _clock = Math.Max(_clock, change.At);
            _verdicts.Change(_rulebook, change.Next, change.At);
            _rulebook = change.Since(_rulebook);
            _identities.Rulebook = _rulebook;
            foreach (var user in _identities.Users)
            {
                foreach (var held in user.Change(_rulebook))
                    _verdicts.End(user, held, "retired", _clock);
            }
        }
    }

    /// <summary>Applies what was held up to an instant, in order of time and then of arrival.</summary>
    private void Release(long until)
    {
        while (_held.Where(h => h.At <= until).MinBy(h => h.At) is { } next)
        {
            _held.Remove(next);
            FireUntil(next.At, included: false);
            Take(next);
        }
    }

    /// <summary>A word that counts however late it comes.</summary>
    private void Hear(NaiveEvent e)
    {
        if (_identities.OwnerOf(e, _clock) is not { } user)
            return;
        var forgotten = _clock - e.At >= _identities.Horizon && user.IsBlank && e.Property("status") is "granted";
        if (e.Type == "erase")
            Erase(user);
        else if (e.Type == "identify")
            Identify(user, e);
        else if (!forgotten || e.Type != "consent_update")
            user.Contact.See(e);
    }

    private void Take(NaiveEvent arrived)
    {
        _clock = Math.Max(_clock, arrived.At);
        if (_identities.OwnerOf(arrived, _clock) is not { } user)
            return;
        var e = arrived with { User = user.Name };
        if (e.Type == "erase")
            Erase(user);
        else if (_admission.Admits(e, _clock))
        {
            if (e.Type == "identify")
                Identify(user, e);
            Apply(e);
        }
    }

    private void Identify(NaiveUser known, NaiveEvent e)
    {
        if (_identities.Merge(known, e, _clock) is not { } anonymous)
            return;
        _admission.Hand(anonymous, known.Name);
        _verdicts.Outcomes.Move(anonymous, known.Name);
        _verdicts.HoldOut(known);
        _standings.Leave(anonymous, _clock);
        _standings.Stand(known, _clock);
    }

    private void Erase(NaiveUser user)
    {
        _verdicts.Outcomes.Forget(user);
        foreach (var held in user.Held.ToList())
            _verdicts.End(user, held, "exited", _clock);
        _admission.Hand(user.Name, null);
        _standings.Leave(user.Name, _clock);
        _identities.Erase(user, _clock);
    }

    private void Apply(NaiveEvent arrived)
    {
        _clock = Math.Max(_clock, arrived.At);
        var user = _identities.UserOf(arrived.User);
        // Where the device is, is known of the session that it opens too.
        user.Locate(arrived);
        if (user.Session.StartBefore(arrived) is { } start)
            Apply(start);
        var e = arrived with { Number = ++_applied, Place = user.NextPlace() };
        user.Past.Add(e);
        _standings.See(user, e.Type, _clock);
        user.Session.Add(e);
        user.Contact.See(e);
        _verdicts.Outcomes.See(user, e, _clock);
        if (e.Type == "prompt_approval" && user.Held.Find(h => h.AwaitsApproval && h.PromptId.Equals(e.Property("promptId"))) is { } asked
            && e.Property("status") is "approved" or "rejected")
            _verdicts.Answer(user, asked, e.Property("status") is "approved", _clock);
        foreach (var (held, reason) in user.Detections.SelectMany(d => d.Exit(e)).ToList())
            _verdicts.End(user, held, reason, _clock);
        foreach (var held in user.Held.Where(h => h.Candidate.IsTakenBackBy(e)).ToList())
            _verdicts.End(user, held, "exited", _clock);
        var candidates = user.See(e);
        CollectCancels(user);
        _verdicts.Decide(candidates, _clock);
        FireOverdue(user);
    }

    private void CollectCancels(NaiveUser user)
    {
        foreach (var absence in user.Detections.OfType<NaiveAbsence>())
        {
            _cancels.AddRange(absence.Cancels);
            absence.Cancels.Clear();
        }
    }

    private void FireUntil(long target, bool included)
    {
        while (_identities.Users.Min(u => u.NextDue) is { } due && (due < target || (included && due == target)))
        {
            _clock = Math.Max(_clock, due);
            foreach (var user in _identities.Users.Where(u => u.NextDue == due).ToList())
                Fire(user, due);
        }
    }

    /// <summary>A late event may have armed what was due before the clock.</summary>
    private void FireOverdue(NaiveUser user)
    {
        while (user.NextDue is { } due && due < _clock)
            Fire(user, due);
    }

    /// <summary>The end of a session is an event and goes before the other timers of its instant.</summary>
    private void Fire(NaiveUser user, long due)
    {
        if (user.Session.EndAt(due) is { } end)
            Apply(end);
        var released = user.Held.Where(h => h.Due == due).OrderBy(h => user.Detections.IndexOf(h.Candidate.Of))
            .ThenBy(h => h.Candidate.Key.Text, StringComparer.Ordinal).ToList();
        foreach (var held in released)
            _verdicts.Release(user, held, _clock);
        var decidedAt = _clock - due > _rulebook.Policy.Time.MisfireAfterMilliseconds ? _clock : due;
        _verdicts.Decide(user.Detections.SelectMany(d => d.Due(due, decidedAt)).ToList(), _clock);
    }
}
