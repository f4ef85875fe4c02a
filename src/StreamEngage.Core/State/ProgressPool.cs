using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>Given-back instances, armings and partial matches of a lane, so that a steady stream makes no new ones.</summary>
internal sealed class ProgressPool
{
    // Of each kind, about 15 MB at the most: as many as users may fall silent at once and come back the next day.
    private const int KeptMax = 65_536;

    // Those that have had the bytes of a key apart, so that no others must get them.
    private readonly Stack<TriggerInstance> _instances = new();
    private readonly Stack<TriggerInstance> _keyed = new();
    private readonly Stack<ArmedAbsence> _absences = new();
    private readonly Stack<PartialMatch> _partials = new();
    private readonly List<Progress> _retired = [];
    private readonly List<TriggerInstance> _released = [];

    /// <summary>The user's instance of a trigger and key, made when there is none.</summary>
    public TriggerInstance OpenInstance(UserState user, int trigger, in Value key)
    {
        if (user.FindInstance(trigger, key.Identity) is { } known) return known;
        var instance = (key.Kind == ValueKind.Text ? _keyed : _instances).TryPop(out var kept) ? kept : new();
        instance.Become(user, trigger, key);
        user.Add(instance);
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
    public void Retire(Progress progress) => _retired.Add(progress);

    /// <summary>The group is decided: what was retired may be used again.</summary>
    public void EndGroup()
    {
        if (_retired.Count + _released.Count > 0) TakeBack();
    }

    private void TakeBack()
    {
        foreach (var progress in _retired)
        {
            if (progress is ArmedAbsence absence && _absences.Count < KeptMax) _absences.Push(absence);
            else if (progress is PartialMatch partial && _partials.Count < KeptMax) _partials.Push(partial);
        }
        _retired.Clear();
        foreach (var instance in _released)
        {
            var alike = instance.HasKeyBytes ? _keyed : _instances;
            if (alike.Count < KeptMax) alike.Push(instance);
        }
        _released.Clear();
    }

    /// <summary>Removes an instance from its user when it knows nothing any more; its key may be read until the group ends.</summary>
    public void Release(TriggerInstance instance)
    {
        if (instance.KnowsNothing && instance.User.Remove(instance)) _released.Add(instance);
    }
}
