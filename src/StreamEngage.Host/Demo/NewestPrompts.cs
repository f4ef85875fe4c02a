using StreamEngage.Emit;

namespace StreamEngage.Host.Demo;

/// <summary>The prompts worth looking at: the last one of each trigger, so that a busy trigger does not hide the others, and the last few of all.</summary>
internal sealed class NewestPrompts(PromptWords words)
{
    private const int ShownMax = 32;

    private readonly Queue<PromptCommand> _last = new(ShownMax + 1);

    // At most one a trigger of the rulebook.
    private readonly Dictionary<string, (long Order, PromptCommand Prompt)> _lastOfTrigger = [];
    private long _order;

    public void Add(PromptCommand prompt)
    {
        _lastOfTrigger[prompt.Trigger] = (_order++, prompt);
        _last.Enqueue(prompt);
        if (_last.Count > ShownMax) _last.Dequeue();
    }

    public IEnumerable<ShownPrompt> Shown() => _lastOfTrigger.Values.OrderByDescending(entry => entry.Order).Select(entry => entry.Prompt)
        .Concat(_last.Reverse()).Distinct(ReferenceEqualityComparer.Instance).Cast<PromptCommand>().Take(ShownMax).Select(words.Of);
}
