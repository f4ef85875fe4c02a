using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>Nothing of a set of events for a time after the latest one.</summary>
internal sealed class NaiveSilence(NaiveUser user, TriggerDefinition trigger, SilenceOn on) : NaiveDetection(user, trigger)
{
    private readonly Dictionary<NaiveKey, NaiveEvent> _armed = [];

    public override IEnumerable<long> Dues => _armed.Values.Select(Due);

    public override IReadOnlyList<NaiveCandidate> At(long due)
    {
        var fired = _armed.Where(a => Due(a.Value) == due).ToList();
        fired.ForEach(a => _armed.Remove(a.Key));
        return fired.OrderBy(a => a.Key.Text, StringComparer.Ordinal)
            .Select(a => new NaiveCandidate(this, a.Key, due, [a.Value.Id]) { Event = a.Value, IsTimer = true, BeganAt = a.Value.At })
            .ToList();
    }

    public override void Absorb(NaiveDetection other)
    {
        var past = User.Past.Concat(other.User.Past).Where(Counts).ToList();
        foreach (var (key, theirs) in ((NaiveSilence)other)._armed)
        {
            if (!_armed.TryGetValue(key, out var mine) || (theirs.At, 0).CompareTo((mine.At, string.CompareOrdinal(mine.Id, theirs.Id))) > 0)
                _armed[key] = theirs;
        }

        foreach (var (key, armed) in _armed.ToList())
        {
            if (past.Any(x => NaiveKey.Of(Trigger, x) == key && x.At > armed.At))
                _armed.Remove(key);
        }

        base.Absorb(other);
    }

    protected override IEnumerable<NaiveCandidate> Seen(NaiveEvent e)
    {
        var key = NaiveKey.Of(Trigger, e);
        if (Counts(e) && !User.Past.Any(x => Counts(x) && NaiveKey.Of(Trigger, x) == key && x.At > e.At))
            _armed[key] = e;
        return [];
    }

    protected override void End(Func<NaiveKey, bool> ended, long at)
    {
        foreach (var key in _armed.Where(a => ended(a.Key) && a.Value.At <= at).Select(a => a.Key).ToList())
            _armed.Remove(key);
    }

    private long Due(NaiveEvent latest) => latest.At + on.ForMilliseconds;

    private bool Counts(NaiveEvent e) =>
        IsActive(e) && (on.Of.Count == 0 ? e.IsBehavior : on.Of.Any(s => NaiveScope.Selects(s, User, e)));
}
