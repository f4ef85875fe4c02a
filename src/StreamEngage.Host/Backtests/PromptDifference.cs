using StreamEngage.Emit;
using StreamEngage.Events;

namespace StreamEngage.Host.Backtests;

/// <summary>What one prompt is known by in two rulebooks.</summary>
internal readonly record struct PromptKey(EventTime At, string User, string Trigger, string Instance) : IComparable<PromptKey>
{
    public int CompareTo(PromptKey other)
    {
        var order = At.CompareTo(other.At);
        if (order == 0) order = string.CompareOrdinal(User, other.User);
        if (order == 0) order = string.CompareOrdinal(Trigger, other.Trigger);
        return order == 0 ? string.CompareOrdinal(Instance, other.Instance) : order;
    }
}

/// <summary>A prompt that only one of two rulebooks makes.</summary>
/// <param name="IsGained">True: the rulebook under test makes it; false: only the other one does.</param>
internal readonly record struct PromptChange(PromptKey Prompt, bool IsGained);

/// <summary>
/// Compares the prompts of two rulebooks over the same events. Both come in one order, so it is enough to hold those that the
/// other may still have to make: what is older than both clocks is settled.
/// </summary>
internal sealed class PromptDifference
{
    private readonly Queue<PromptKey> _now = new();
    private readonly Queue<PromptKey> _against = new();
    private readonly List<PromptChange> _shown = [];

    // Closed by the names of triggers in two rulebooks.
    private readonly SortedDictionary<string, (long Gained, long Lost)> _byTrigger = new(StringComparer.Ordinal);

    /// <summary>The first changes in order of time.</summary>
    public IReadOnlyList<PromptChange> Shown => _shown;

    public IReadOnlyDictionary<string, (long Gained, long Lost)> ByTrigger => _byTrigger;

    public long Same { get; private set; }

    public long Changes => _byTrigger.Values.Sum(change => change.Gained + change.Lost);

    public void Take(PromptCommand prompt) => Take(_now, prompt);

    public void TakeAgainst(PromptCommand prompt) => Take(_against, prompt);

    /// <summary>Settles everything decided before an instant that both rulebooks have passed.</summary>
    public void Settle(EventTime before)
    {
        while (true)
        {
            var isGained = _now.TryPeek(out var gained) && gained.At < before;
            var isLost = _against.TryPeek(out var lost) && lost.At < before;
            if (!isGained && !isLost) return;
            var order = isGained && isLost ? gained.CompareTo(lost) : isGained ? -1 : 1;
            if (order == 0) Same++;
            if (order < 0) Change(new(gained, true));
            if (order > 0) Change(new(lost, false));
            if (order <= 0) _now.Dequeue();
            if (order >= 0) _against.Dequeue();
        }
    }

    private static void Take(Queue<PromptKey> waiting, PromptCommand prompt)
    {
        if (prompt.Kind != PromptKind.Cancel) waiting.Enqueue(new(prompt.DecidedAt, prompt.User, prompt.Trigger, prompt.Instance));
    }

    private void Change(PromptChange change)
    {
        var (gained, lost) = _byTrigger.GetValueOrDefault(change.Prompt.Trigger);
        _byTrigger[change.Prompt.Trigger] = change.IsGained ? (gained + 1, lost) : (gained, lost + 1);
        if (_shown.Count < BacktestLimits.DifferencesShownMax) _shown.Add(change);
    }
}
