namespace StreamEngage.Host.Explaining;

/// <summary>
/// Looks for the fewest changes that make a candidate a prompt, each tried by asking the engine again: breadth first, and of equally many those that
/// <see cref="GateChanges"/> names first.
/// </summary>
internal sealed class FlipSearch(Premise premise, Func<Course, Outcome?> candidate)
{
    private sealed record Step(Premise Premise, Outcome Outcome, IReadOnlyList<Change> Changes);

    private readonly List<Flip> _flips = [];

    /// <summary>Questions that were asked.</summary>
    public int Runs { get; private set; }

    public static FlipSearch For(Premise premise, Outcome outcome) => new(premise, course => course.Find(outcome));

    private int Fewest => _flips.Count == 0 ? int.MaxValue : _flips.Min(flip => flip.Changes.Count);

    /// <summary>The smallest first; empty where none was found within the bounds.</summary>
    /// <param name="start">The candidate as it came out.</param>
    /// <param name="alternatives">How many more of as many changes are looked for.</param>
    public IReadOnlyList<Flip> Search(Outcome start, int alternatives)
    {
        List<Step> level = [new(premise, start, [])];
        // A step can be several changes at once: one change after another may still be fewer.
        while (level.Count > 0 && level[0].Changes.Count + 1 < Fewest && Runs < ExplainLimits.RunsMax)
            level = [.. level.SelectMany(step => Beyond(step, alternatives)).OrderBy(step => step.Changes.Count)];
        return [.. _flips.OrderBy(flip => flip.Changes.Count).Take(1 + alternatives)];
    }

    /// <summary>What came out otherwise, but not as a prompt.</summary>
    private List<Step> Beyond(Step step, int alternatives)
    {
        var next = new List<Step>();
        foreach (var changes in GateChanges.For(step.Premise, step.Outcome))
        {
            var count = step.Changes.Count + changes.Count;
            if (count > ExplainLimits.ChangesMax || count > Fewest || _flips.Count(flip => flip.Changes.Count <= count) > alternatives) continue;
            if (Runs++ >= ExplainLimits.RunsMax) break;
            var changed = changes.Aggregate(step.Premise, (premise, change) => change.Apply(premise));
            if (candidate(Course.Of(changed)) is not { } outcome) continue;
            IReadOnlyList<Change> all = [.. step.Changes, .. changes];
            if (outcome.IsSent) _flips.Add(new(all, outcome));
            else if (outcome.Last.Reason != step.Outcome.Last.Reason || outcome.Last.At != step.Outcome.Last.At) next.Add(new(changed, outcome, all));
        }
        return next;
    }
}
