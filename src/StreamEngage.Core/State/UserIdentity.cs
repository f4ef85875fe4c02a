using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What became of an id: which ids it took in, into which it was merged, when it was erased.</summary>
internal sealed class UserIdentity
{
    private readonly List<FormerId> _former = [];

    /// <summary>The user that the id belongs to; empty: itself. That user may have been merged in turn.</summary>
    public Utf8Text MergedInto { get; set; }

    public EventTime MergedAt { get; set; }

    /// <summary>Events at or before this instant are ignored; null: never erased.</summary>
    public EventTime? ErasedAt { get; set; }

    /// <summary>When the first prompt with a variant went out under the user's own id.</summary>
    public EventTime? ExposedAt { get; set; }

    /// <summary>Ids that were merged into this one, directly or not, in ordinal order.</summary>
    public IReadOnlyList<FormerId> Former => _former;

    public bool SaysNothing => MergedInto.IsEmpty && ErasedAt is null && ExposedAt is null && _former.Count == 0;

    /// <summary>Known already, the earlier exposure counts.</summary>
    public void Add(FormerId former)
    {
        var place = 0;
        while (place < _former.Count && _former[place].Id < former.Id) place++;
        if (place == _former.Count || _former[place].Id != former.Id) _former.Insert(place, former with { Id = former.Id.Detach() });
        else _former[place] = _former[place] with { ExposedAt = Earlier(_former[place].ExposedAt, former.ExposedAt) };
    }

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

    private static EventTime? Earlier(EventTime? a, EventTime? b) => a is { } one && b is { } other ? (one < other ? one : other) : a ?? b;
}

/// <summary>An id that was merged into another.</summary>
/// <param name="Id">The id.</param>
/// <param name="ExposedAt">When the first prompt with a variant went out under it; null: none did.</param>
internal readonly record struct FormerId(Utf8Text Id, EventTime? ExposedAt);
