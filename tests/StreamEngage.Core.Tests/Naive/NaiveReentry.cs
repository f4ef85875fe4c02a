using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>Gate 2 of one trigger and user: whether a key may be prompted again.</summary>
internal sealed class NaiveReentry(TriggerDefinition trigger)
{
    private readonly List<(NaiveKey Key, long At)> _sent = [];
    private readonly HashSet<NaiveKey> _blocked = [];

    /// <summary>The reason against it, or null.</summary>
    public string? Objection(NaiveKey key, long now)
    {
        if (_blocked.Contains(key))
            return "already-in";
        var cooldown = trigger.Decide.CooldownMilliseconds;
        var earlier = _sent.Where(s => s.Key == key).Select(s => s.At).ToList();
        return cooldown > 0 && earlier.Count > 0 && now - earlier[^1] < cooldown ? "cooldown" : null;
    }

    public void Absorb(NaiveReentry other)
    {
        var all = _sent.Concat(other._sent).OrderBy(s => s.At).ToList();
        _sent.Clear();
        _sent.AddRange(all);
        _blocked.UnionWith(other._blocked);
    }

    public void Sent(NaiveKey key, long decidedAt)
    {
        _sent.Add((key, decidedAt));
        if (trigger.Decide.Reentry is ReentryMode.Once or ReentryMode.AfterExit)
            _blocked.Add(key);
    }

    /// <summary>An exit at an instant lifts the block of prompts decided at or before it.</summary>
    public void Lift(Func<NaiveKey, bool> ended, long at)
    {
        if (trigger.Decide.Reentry == ReentryMode.AfterExit)
            _blocked.RemoveWhere(key => ended(key) && _sent.Last(s => s.Key == key).At <= at);
    }
}
