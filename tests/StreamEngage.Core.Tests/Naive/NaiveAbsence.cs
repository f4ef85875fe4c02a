using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>An arming event, then none of the others until its deadline.</summary>
internal sealed class NaiveAbsence(NaiveUser user, TriggerDefinition trigger, AbsenceOn on) : NaiveDetection(user, trigger)
{
    private readonly List<NaiveEvent> _armed = [];
    private readonly List<(NaiveEvent Arming, long NotAfter)> _sent = [];

    public override IEnumerable<long> Dues => _armed.Select(Due);

    /// <summary>Prompts the last seen event takes back.</summary>
    public List<NaiveCancel> Cancels { get; } = [];

    public override IReadOnlyList<NaiveCandidate> At(long due)
    {
        var fired = _armed.Where(a => Due(a) == due).ToList();
        _armed.RemoveAll(a => Due(a) == due);
        return fired.OrderBy(a => Key(a).Text, StringComparer.Ordinal).Select(Candidate).ToList();
    }

    /// <summary>Each side's deadlines meet the other's past; then <c>repeat</c> says which of both stay.</summary>
    public override void Absorb(NaiveDetection other)
    {
        var (absence, users) = ((NaiveAbsence)other, (Mine: User.Past, Theirs: other.User.Past));
        var armed = _armed.Where(a => !users.Theirs.Any(b => IsEndedBy(a, b)))
            .Concat(absence._armed.Where(a => !users.Mine.Any(b => IsEndedBy(a, b)))).ToList();
        _armed.Clear();
        foreach (var ofKey in armed.OrderBy(a => a.At).ThenBy(a => a.Id, StringComparer.Ordinal).GroupBy(Key))
        {
            _armed.AddRange(on.Repeat switch
            {
                RepeatMode.Each => ofKey,
                RepeatMode.Ignore => ofKey.Take(1),
                _ => ofKey.TakeLast(1),
            });
        }

        _sent.AddRange(absence._sent);
        base.Absorb(other);
    }

    public override NaiveCandidate Adopt(NaiveCandidate candidate) => candidate.Step is null ? Candidate(candidate.Event!) : base.Adopt(candidate);

    protected override IEnumerable<NaiveCandidate> Seen(NaiveEvent e)
    {
        if (!IsActive(e))
            return [];
        _armed.RemoveAll(a => IsEndedBy(a, e));
        TakeBack(e);
        if (NaiveScope.Selects(on.After, User, e))
            Arm(e);
        return [];
    }

    protected override void End(Func<NaiveKey, bool> ended, long at) => _armed.RemoveAll(a => ended(Key(a)) && a.At <= at);

    private long Due(NaiveEvent arming) => arming.At + on.ForMilliseconds + on.GraceMilliseconds;

    private NaiveKey Key(NaiveEvent e) => NaiveKey.Of(Trigger, e);

    /// <summary>Both ends of the interval included, whichever of the two arrived first.</summary>
    private bool IsEndedBy(NaiveEvent arming, NaiveEvent e) =>
        e.Number != arming.Number && Key(e) == Key(arming) &&
        e.At >= arming.At && e.At <= arming.At + on.ForMilliseconds &&
        on.Of.Any(s => NaiveScope.Selects(s, User, e, NaiveScope.Named(NaiveScope.NoAliases, on.After.Alias, arming)));

    private void TakeBack(NaiveEvent e)
    {
        var late = _sent.Where(s => User.Clock <= s.NotAfter && IsEndedBy(s.Arming, e)).ToList();
        _sent.RemoveAll(late.Contains);
        Cancels.AddRange(late.Select(s => new NaiveCancel(User.Clock, User.Name, Trigger.Name, Key(s.Arming).Text, s.Arming.Id)));
    }

    private void Arm(NaiveEvent e)
    {
        var waiting = _armed.FirstOrDefault(a => Key(a) == Key(e));
        if (waiting is not null && on.Repeat == RepeatMode.Ignore)
            return;
        if (waiting is not null && on.Repeat == RepeatMode.Restart)
        {
            if (e.At < waiting.At)
                return;
            _armed.Remove(waiting);
        }

        if (!User.Past.Any(b => IsEndedBy(e, b)))
            _armed.Add(e);
    }

    private NaiveCandidate Candidate(NaiveEvent arming) => new(this, Key(arming), Due(arming), [arming.Id])
    {
        Event = arming,
        Aliases = NaiveScope.Named(NaiveScope.NoAliases, on.After.Alias, arming),
        IsTimer = true,
        BeganAt = arming.At,
        IsTakenBackBy = e => IsEndedBy(arming, e),
        Sent = notAfter => _sent.Add((arming, notAfter)),
    };
}
