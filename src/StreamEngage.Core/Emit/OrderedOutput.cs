using StreamEngage.Events;

namespace StreamEngage.Emit;

/// <summary>
/// Puts what lanes make into one order: (decidedAt, user, trigger, instance), equal ones as they came. A timer that a late event
/// armed may decide a little behind the clock, so lines wait until nothing can come before them.
/// </summary>
internal sealed class OrderedOutput
{
    private readonly PriorityQueue<PromptCommand, LineOrder> _prompts = new();
    private readonly PriorityQueue<DecisionRecord, LineOrder> _decisions = new();
    private long _sequence;

    public void Add(StepOutput output)
    {
        foreach (var prompt in output.Prompts)
            _prompts.Enqueue(prompt, new(prompt.DecidedAt, prompt.User, prompt.Trigger, prompt.Instance, _sequence++));
        foreach (var decision in output.Decisions)
            _decisions.Enqueue(decision, new(decision.At, decision.User, decision.Trigger, decision.Instance, _sequence++));
        output.Clear();
    }

    /// <summary>Hands over, in order, all that there is.</summary>
    public void ReleaseAll(Action<PromptCommand> prompt, Action<DecisionRecord> decision) =>
        Release(new(long.MaxValue), new(long.MaxValue), prompt, decision);

    /// <summary>Hands over, in order, the commands decided before one instant and the verdicts that fell before another.</summary>
    public void Release(EventTime prompts, EventTime decisions, Action<PromptCommand> prompt, Action<DecisionRecord> decision)
    {
        while (_prompts.TryPeek(out var next, out var order) && order.At < prompts)
        {
            _prompts.Dequeue();
            prompt(next);
        }
        while (_decisions.TryPeek(out var next, out var order) && order.At < decisions)
        {
            _decisions.Dequeue();
            decision(next);
        }
    }

    private readonly record struct LineOrder(EventTime At, string User, string Trigger, string Instance, long Sequence)
        : IComparable<LineOrder>
    {
        public int CompareTo(LineOrder other)
        {
            var order = At.CompareTo(other.At);
            if (order == 0) order = string.CompareOrdinal(User, other.User);
            if (order == 0) order = string.CompareOrdinal(Trigger, other.Trigger);
            if (order == 0) order = string.CompareOrdinal(Instance, other.Instance);
            return order == 0 ? Sequence.CompareTo(other.Sequence) : order;
        }
    }
}
