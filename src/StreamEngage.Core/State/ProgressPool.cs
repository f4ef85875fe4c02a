using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Given-back instances, armings and partial matches of a lane, so that a steady stream makes no new ones.</summary>
internal sealed class ProgressPool
{
    // Of each kind, about 15 MB at the most: as many as users may fall silent at once and come back the next day.
    private const int KeptMax = 65_536;

    // Those that have had the bytes of a key apart, so that no others must get them.
    private readonly Pile<TriggerInstance> _instances = new();
    private readonly Pile<TriggerInstance> _keyed = new();
    private readonly Pile<ArmedAbsence> _absences = new();
    private readonly Pile<PartialMatch> _partials = new();
    private readonly Pile<ArmedAbsence> _retiredAbsences = new();
    private readonly Pile<PartialMatch> _retiredPartials = new();
    private readonly Pile<TriggerInstance> _released = new();

    /// <summary>The user's instance of a trigger and key, made when there is none.</summary>
    public TriggerInstance OpenInstance(UserState user, int trigger, in Value key)
    {
        var identity = key.Identity;
        if (user.FindInstance(trigger, identity) is { } known) return known;
        var instance = (key.Kind == ValueKind.Text ? _keyed : _instances).TryPop(out var kept) ? kept : new();
        instance.Become(user, trigger, key);
        // An instance keeps no list: its key is null then.
        user.Add(instance, key.Kind == ValueKind.List ? instance.Key.Identity : identity);
        return instance;
    }

    public ArmedAbsence NewAbsence(TriggerInstance instance)
    {
        var absence = _absences.TryPop(out var kept) ? kept : new();
        absence.Instance = instance;
        absence.SentUntil = null;
        return absence;
    }

    public PartialMatch NewPartial(TriggerInstance instance)
    {
        var partial = _partials.TryPop(out var kept) ? kept : new();
        partial.Instance = instance;
        // Also what such a match never reads: it is written, and equal matches make equal records.
        (partial.Step, partial.TakenByStep, partial.Open) = (0, 0, 0);
        (partial.IsWaiting, partial.IsFresh, partial.StepFrom) = (false, false, default);
        partial.SkipFirstSequence = partial.SkipLastSequence = -1;
        return partial;
    }

    /// <summary>Gives something back at the end of the current group: its captures may still be read until then.</summary>
    public void Retire(ArmedAbsence absence) => _retiredAbsences.Push(absence);

    /// <inheritdoc cref="Retire(ArmedAbsence)"/>
    public void Retire(PartialMatch partial) => _retiredPartials.Push(partial);

    /// <summary>The group is decided: what was retired may be used again.</summary>
    public void EndGroup()
    {
        while (_retiredPartials.TryPop(out var partial)) Keep(partial, _partials);
        while (_retiredAbsences.TryPop(out var absence)) Keep(absence, _absences);
        while (_released.TryPop(out var instance)) Keep(instance, instance.HasKeyBytes ? _keyed : _instances);
    }

    private static void Keep<T>(T spare, Pile<T> alike) where T : class
    {
        if (alike.Count < KeptMax) alike.Push(spare);
    }

    /// <summary>Removes an instance from its user when it knows nothing any more; its key may be read until the group ends.</summary>
    public void Release(TriggerInstance instance)
    {
        if (instance.KnowsNothing && instance.User.Remove(instance)) _released.Push(instance);
    }
}
