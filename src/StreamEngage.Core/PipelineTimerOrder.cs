using StreamEngage.Detect;
using StreamEngage.State;

namespace StreamEngage;

/// <summary>The order in which timers of one instant fire: user, then purpose, trigger and instance.</summary>
internal sealed class PipelineTimerOrder(CompiledRulebook rulebook) : IComparer<LaneTimer>
{
    public int Compare(LaneTimer? x, LaneTimer? y)
    {
        if (ReferenceEquals(x, y)) return 0;
        var byUser = x!.User.Id.CompareTo(y!.User.Id);
        if (byUser != 0) return byUser;
        if (x.Purpose != y.Purpose) return x.Purpose.CompareTo(y.Purpose);
        return x is Progress progress ? CompareProgress(progress, (Progress)y) : 0;
    }

    private int CompareProgress(Progress x, Progress y)
    {
        var (a, b) = (x.Instance, y.Instance);
        if (a.Trigger != b.Trigger) return a.Trigger.CompareTo(b.Trigger);
        var trigger = rulebook.Triggers[a.Trigger];
        var byInstance = string.CompareOrdinal(trigger.InstanceText(a.Key), trigger.InstanceText(b.Key));
        if (byInstance != 0) return byInstance;
        var byFirst = x is PartialMatch one && y is PartialMatch other ? CompareMatches(one, other) : 0;
        return byFirst != 0 ? byFirst : Arming(x).CompareTo(Arming(y));
    }

    /// <summary>As matches that one event ends: in the order their first events arrived, then by length.</summary>
    private static int CompareMatches(PartialMatch x, PartialMatch y)
    {
        var byFirst = x.FirstSequence.CompareTo(y.FirstSequence);
        return byFirst != 0 ? byFirst : x.Captured.IdCount.CompareTo(y.Captured.IdCount);
    }

    /// <summary>Among deadlines of one instance: in the order they were armed; List.Sort is not stable.</summary>
    private static int Arming(Progress progress) => progress switch
    {
        ArmedAbsence absence => progress.Instance.Absences.IndexOf(absence),
        // One an instance, and before the matches it might be too early for.
        JourneyProgress => -1,
        PartialMatch match => progress.Instance.Partials.IndexOf(match),
        _ => progress.User.Held.TakeWhile(held => held != progress).Count(),
    };
}
