using System.Globalization;
using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage.Decide;

/// <summary>
/// What came of prompts over all users, as decisions see it: a version that does not change. All lanes of a source read the same one, so that a split over
/// lanes shows in nothing. Not thread-safe: a bandit's arms are weighed when they are first asked for.
/// </summary>
internal sealed class GlobalStatistics
{
    private readonly CompiledRulebook _rulebook;
    private readonly ThompsonSampling?[] _bandits;
    private readonly string?[] _pauses;

    private GlobalStatistics(CompiledRulebook rulebook, OutcomeTally tally, long version, string?[] pauses)
    {
        (_rulebook, Tally, Version, _pauses) = (rulebook, tally, version, pauses);
        _bandits = new ThompsonSampling?[rulebook.Triggers.Length];
    }

    /// <summary>0 before anything was known; each that follows has one more.</summary>
    public long Version { get; }

    public OutcomeTally Tally { get; }

    /// <summary>Nothing is known yet.</summary>
    public static GlobalStatistics None(CompiledRulebook rulebook) => new(rulebook, new(rulebook), 0, new string?[rulebook.Triggers.Length]);

    /// <summary>As it was stored.</summary>
    public static GlobalStatistics Restored(CompiledRulebook rulebook, OutcomeTally tally, long version, string?[] pauses) =>
        new(rulebook, tally, version, pauses);

    /// <summary>The next version. What was certain stays certain: a trigger that is paused stays so.</summary>
    public GlobalStatistics Plus(OutcomeTally added)
    {
        var next = new GlobalStatistics(_rulebook, Tally.Plus(added), Version + 1, [.. _pauses]);
        foreach (var trigger in _rulebook.Triggers)
        {
            if (!trigger.Learns) continue;
            if (next.Tally.IsAs(Tally, trigger.Index)) next._bandits[trigger.Index] = _bandits[trigger.Index];
            if (trigger.PausesOnHarm) next._pauses[trigger.Index] ??= next.HarmOf(trigger);
        }
        return next;
    }

    /// <summary>Chooses among the arms of a trigger that has a bandit.</summary>
    public ThompsonSampling Bandit(CompiledTrigger trigger) => _bandits[trigger.Index] ??= new(trigger.Name, [.. Arms(trigger)]);

    /// <summary>Why the trigger is paused, in words; null: it is not.</summary>
    public string? PauseOf(CompiledTrigger trigger) => _pauses[trigger.Index];

    /// <summary>A prompt whose goal may still be reached counts as one that did not, on every arm alike.</summary>
    private IEnumerable<ArmOutcomes> Arms(CompiledTrigger trigger)
    {
        for (var variant = 0; variant < trigger.Decide.Variants.Count; variant++)
        {
            var count = trigger.GoalIdentity == 0 ? default : Tally.Of(trigger.Index, variant, HeldOut.No);
            yield return new(count.Conversions, count.Units - count.Conversions);
        }
    }

    private string? HarmOf(CompiledTrigger trigger)
    {
        var (sent, held) = (Tally.Users(trigger.Index, HeldOut.No), Tally.Users(trigger.Index, HeldOut.FromTrigger));
        var interval = HarmInterval.Of(sent, held, _rulebook.Definition.Policy.Harm.Alpha);
        return interval.IsHarm
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"harm is certain: {sent.Conversions} of {sent.Units} users with a prompt converted, {held.Conversions} of {held.Units} without; "
                    + $"the difference is between {interval.Low:0.0000} and {interval.High:0.0000} (version {Version})")
            : null;
    }
}
