using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>Who is who: names that were found to be another user's, and names that were erased.</summary>
internal sealed class NaiveIdentities(RulebookDefinition rulebook, Func<long> clock, NaiveStandings standings)
{
    /// <summary>In force.</summary>
    public RulebookDefinition Rulebook { get; set; } = rulebook;

    private readonly SortedDictionary<string, NaiveUser> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _mergedInto = [];

    public IReadOnlyCollection<NaiveUser> Users => _users.Values;

    public int Merges { get; private set; }

    public int Erasures { get; private set; }

    public long Horizon => Math.Max(Rulebook.Policy.Time.DedupMilliseconds, Rulebook.Policy.Time.LatenessMilliseconds);

    public NaiveUser UserOf(string name)
    {
        if (!_users.TryGetValue(name, out var user))
            _users.Add(name, user = new NaiveUser(name, Rulebook, clock, standings));
        return user;
    }

    /// <summary>Null: the event is from before an erasure.</summary>
    public NaiveUser? OwnerOf(NaiveEvent e, long now) => OwnerOf(e.User, e.At, now);

    /// <summary>The name that is the known user's from now on; null when nothing comes of it.</summary>
    public string? Merge(NaiveUser known, NaiveEvent e, long now)
    {
        if (e.Property("anonymous") is not string { Length: > 0 } name || OwnerOf(name, e.At, now) is not { } owner)
            return null;
        if (name == known.Name || owner == known || _mergedInto.ContainsKey(name))
            return null;
        Merges++;
        known.Absorb(owner);
        _mergedInto.Add(name, known.Name);
        _users[name] = new NaiveUser(name, Rulebook, clock, standings) { ErasedAt = owner.ErasedAt };
        return name;
    }

    public void Erase(NaiveUser user, long now)
    {
        Erasures++;
        foreach (var name in user.Names.ToList())
        {
            _mergedInto.Remove(name);
            _users[name] = new NaiveUser(name, Rulebook, clock, standings) { ErasedAt = now };
        }
    }

    private NaiveUser? OwnerOf(string name, long at, long now)
    {
        var user = UserOf(name);
        var isForgotten = user.ErasedAt is { } then && now - then >= Horizon && user.IsBlank && user.Names.Count() == 1 && !_mergedInto.ContainsKey(name);
        if (isForgotten)
            _users[name] = user = new NaiveUser(name, Rulebook, clock, standings);
        if (user.ErasedAt is { } erased && at <= erased)
            return null;
        return _mergedInto.TryGetValue(name, out var other) ? OwnerOf(other, at, now) : user;
    }
}
