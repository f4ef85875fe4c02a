using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What may still come of the prompts of one user, and of those that a held-out user would have got.</summary>
internal sealed class Aftermath
{
    private readonly List<OpenGoal> _goals = [];
    private readonly List<int> _met = [];
    private readonly List<ShownPrompt> _shown = [];

    /// <summary>In the order they were opened.</summary>
    public IReadOnlyList<OpenGoal> Goals => _goals;

    /// <summary>Triggers, of those that compare users and not decisions, that the user was decided for before.</summary>
    public IReadOnlyList<int> Met => _met;

    /// <summary>The latest of each trigger and key, of those that supersede.</summary>
    public IReadOnlyList<ShownPrompt> Shown => _shown;

    public bool KnowsNothing => _goals.Count + _met.Count + _shown.Count == 0;

    /// <summary>The user is decided for. True for the first time.</summary>
    public bool Meet(int trigger)
    {
        if (_met.Contains(trigger)) return false;
        _met.Add(trigger);
        return true;
    }

    /// <summary>Returns how many were given up for it: the oldest goes first.</summary>
    public int Open(OpenGoal goal)
    {
        var dropped = _goals.Count >= Limits.OpenGoalsMax ? 1 : 0;
        if (dropped > 0) _goals.RemoveAt(0);
        _goals.Add(goal);
        return dropped;
    }

    /// <summary>The goal of a trigger was reached at an instant: each decision that it follows in time converts, once.</summary>
    public void Reach(int trigger, EventTime at, List<OutcomeDelta> into)
    {
        for (var i = 0; i < _goals.Count;)
        {
            var goal = _goals[i];
            if (goal.Trigger != trigger || at <= goal.DecidedAt || at > goal.Until)
            {
                i++;
                continue;
            }
            into.Add(goal.Delta(isConversion: true));
            _goals.RemoveAt(i);
        }
    }

    /// <summary>Takes note of a prompt that was sent.</summary>
    /// <returns>The former one of its trigger and key, if it is known; it may be over.</returns>
    public ShownPrompt? Show(ShownPrompt prompt)
    {
        var place = _shown.FindIndex(shown => shown.Trigger == prompt.Trigger && shown.Key == prompt.Key);
        ShownPrompt? former = place < 0 ? null : _shown[place];
        if (place >= 0) _shown.RemoveAt(place);
        else if (_shown.Count >= Limits.ShownPromptsMax) _shown.RemoveAt(0);
        _shown.Add(prompt);
        return former;
    }

    /// <summary>
    /// Adds what may come of the prompts of another user who is this one: of two prompts of one trigger and key the later is the one that is shown.
    /// </summary>
    /// <returns>How many goals were given up for it.</returns>
    public int Merge(Aftermath other)
    {
        // Two decisions of one instant are two; the same decision known to both sides is one.
        foreach (var same in other._goals.CountBy(goal => goal).ToList())
            for (var more = same.Value - _goals.Count(goal => goal == same.Key); more > 0; more--) _goals.Add(same.Key);
        _goals.Sort((a, b) => (a.DecidedAt, a.Until, a.Trigger, a.Variant, a.Side, a.IsFirst).CompareTo(
            (b.DecidedAt, b.Until, b.Trigger, b.Variant, b.Side, b.IsFirst)));
        var dropped = Math.Max(0, _goals.Count - Limits.OpenGoalsMax);
        _goals.RemoveRange(0, dropped);
        _met.AddRange(other._met.Except(_met).ToList());
        _met.Sort();
        var shown = _shown.Concat(other._shown).GroupBy(prompt => (prompt.Trigger, prompt.Key))
            .Select(same => same.MaxBy(prompt => (prompt.Until, prompt.Channel)))
            .OrderBy(prompt => prompt.Until).ThenBy(prompt => prompt.Trigger).ThenBy(prompt => prompt.Key).TakeLast(Limits.ShownPromptsMax).ToList();
        _shown.Clear();
        _shown.AddRange(shown);
        return dropped;
    }

    /// <summary>Forgets what nothing can come of any more.</summary>
    /// <param name="clock">Where the lane stands.</param>
    /// <param name="lateness">An event this much older than the clock is not admitted.</param>
    public void Prune(EventTime clock, long lateness)
    {
        var reach = Math.Max(lateness, 1);
        for (var i = _goals.Count - 1; i >= 0; i--)
            if (clock - _goals[i].Until >= reach) _goals.RemoveAt(i);
        for (var i = _shown.Count - 1; i >= 0; i--)
            if (clock - _shown[i].Until >= reach) _shown.RemoveAt(i);
    }
}

/// <summary>A decision whose goal may still be reached: in <c>(DecidedAt, Until]</c>.</summary>
/// <param name="Trigger">Index of the trigger.</param>
/// <param name="Variant">Place of the variant among the trigger's; 0 where it has none.</param>
/// <param name="Side">Whether a prompt was sent, or the user is held out.</param>
/// <param name="IsFirst">It is the user's first of the trigger, where users are compared.</param>
/// <param name="DecidedAt">When the verdict fell.</param>
/// <param name="Until">The last instant, included, at which the goal counts.</param>
internal readonly record struct OpenGoal(int Trigger, short Variant, HeldOut Side, bool IsFirst, EventTime DecidedAt, EventTime Until)
{
    public OutcomeDelta Delta(bool isConversion) => new(Trigger, Variant, Side, IsFirst, isConversion);
}

/// <summary>A prompt that may still be seen.</summary>
/// <param name="Trigger">Index of the trigger.</param>
/// <param name="Key">Identity of the instance's key.</param>
/// <param name="Channel">Identity of its channel's name.</param>
/// <param name="Until">The last instant, included, at which it may be shown.</param>
internal readonly record struct ShownPrompt(int Trigger, ulong Key, uint Channel, EventTime Until);

/// <summary>One decision more, or one conversion more: what lanes tell of themselves. The order in which these are added up does not matter.</summary>
/// <param name="Trigger">Index of the trigger.</param>
/// <param name="Variant">Place of the variant among the trigger's; 0 where it has none.</param>
/// <param name="Side">Whether a prompt was sent, or the user is held out.</param>
/// <param name="IsFirst">It counts for the user too.</param>
/// <param name="IsConversion">A decision that was counted before converted.</param>
internal readonly record struct OutcomeDelta(int Trigger, int Variant, HeldOut Side, bool IsFirst, bool IsConversion);
