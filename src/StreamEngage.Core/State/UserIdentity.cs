using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What became of an id: which ids it took in, into which it was merged, when it was erased.</summary>
internal sealed class UserIdentity
{
    private readonly List<FormerId> _former = [];
    private readonly List<AskedId> _asked = [];

    /// <summary>The user that the id belongs to; empty: itself. That user may have been merged in turn.</summary>
    public Utf8Text MergedInto { get; set; }

    public EventTime MergedAt { get; set; }

    /// <summary>The lane in which the user lives that the id belongs to; null: in this one.</summary>
    public int? OwnerLane { get; set; }

    /// <summary>The identification by which the id was given to another lane, or claimed from one; 0: neither.</summary>
    public ulong Claim { get; set; }

    /// <summary>Events at or before this instant are ignored; null: never erased.</summary>
    public EventTime? ErasedAt { get; set; }

    /// <summary>When the first prompt with a variant went out under the user's own id.</summary>
    public EventTime? ExposedAt { get; set; }

    /// <summary>Ids that were merged into this one, directly or not, in ordinal order.</summary>
    public IReadOnlyList<FormerId> Former => _former;

    /// <summary>Ids of other lanes' users who are this one as far as this lane knows, and of whom no answer has come.</summary>
    public IReadOnlyList<AskedId> Asked => _asked;

    /// <summary>Ids taken in, and those that may still come.</summary>
    public int Ids => _former.Count + _asked.Count;

    /// <summary>The id is an alias of a user of this lane.</summary>
    public bool IsAlias => !MergedInto.IsEmpty && OwnerLane is null;

    /// <summary>No other lane is owed anything.</summary>
    public bool ClaimsNothing => OwnerLane is null && Claim == 0 && _asked.Count == 0;

    public bool SaysNothing => MergedInto.IsEmpty && ErasedAt is null && ExposedAt is null && _former.Count == 0;

    /// <summary>Known already, the earlier exposure counts.</summary>
    public void Add(FormerId former)
    {
        var place = 0;
        while (place < _former.Count && _former[place].Id < former.Id) place++;
        if (place == _former.Count || _former[place].Id != former.Id) _former.Insert(place, former with { Id = former.Id.Detach() });
        else _former[place] = _former[place] with { ExposedAt = Earlier(_former[place].ExposedAt, former.ExposedAt) };
    }

    /// <summary>A lane was asked for an id.</summary>
    public void Ask(AskedId asked)
    {
        if (!_asked.Contains(asked)) _asked.Add(asked with { Id = asked.Id.Detach() });
    }

    /// <summary>The answer came. False when it is not waited for: the user was erased since.</summary>
    public bool TryAnswer(AskedId asked) => _asked.Remove(asked);

    /// <summary>The id is its own again.</summary>
    public void Disown() => (MergedInto, MergedAt, OwnerLane, Claim) = (default, default, null, 0);

    /// <summary>The id that variants are drawn for: of those that were shown one, the first; else the user's own.</summary>
    public Utf8Text VariantUnit(Utf8Text own)
    {
        var (unit, since) = (own, ExposedAt);
        foreach (var former in _former)
        {
            if (former.ExposedAt is not { } at) continue;
            if (since is not { } known || at < known || (at == known && former.Id < unit)) (unit, since) = (former.Id, at);
        }
        return unit;
    }

    /// <summary>A variant was shown: if it is the first, under the user's own id.</summary>
    public void Expose(EventTime at)
    {
        if (ExposedAt is null && _former.TrueForAll(former => former.ExposedAt is null)) ExposedAt = at;
    }

    public static EventTime? Earlier(EventTime? a, EventTime? b) => a is { } one && b is { } other ? (one < other ? one : other) : a ?? b;
}

/// <summary>An id that was merged into another.</summary>
/// <param name="Id">The id.</param>
/// <param name="ExposedAt">When the first prompt with a variant went out under it; null: none did.</param>
internal readonly record struct FormerId(Utf8Text Id, EventTime? ExposedAt);

/// <summary>An id that another lane was asked for.</summary>
/// <param name="Id">The id.</param>
/// <param name="Claim">The identification that said so.</param>
internal readonly record struct AskedId(Utf8Text Id, ulong Claim);
