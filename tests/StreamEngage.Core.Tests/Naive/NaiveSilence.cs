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
