namespace ReferenceConsumer;

/// <summary>What the channel is to do.</summary>
public enum ActionKind
{
    /// <summary>Show the prompt now.</summary>
    Show,

    /// <summary>Take a shown prompt off the screen, where the channel can; a push that was read cannot be unread.</summary>
    Retract,
}

/// <summary>One thing to do.</summary>
public readonly record struct PromptAction(ActionKind Kind, PromptMessage Prompt);

/// <summary>
/// The contract of a channel topic, without a topic and without a clock: dedupe on promptId and kind, show nothing before notBefore nor after
/// notAfter, honour cancel and supersede. Records of one user in the order of their partition; times never go back.
/// </summary>
/// <remarks>
/// What it remembers of a prompt ends at its notAfter: after that a repeated send is refused as expired, so nothing has to be kept for ever.
/// </remarks>
public sealed class PromptInbox
{
    private readonly Dictionary<(string PromptId, string Kind), long> _seen = [];
    private readonly Dictionary<string, PromptMessage> _waiting = new(StringComparer.Ordinal);
    private readonly Dictionary<string, PromptMessage> _shown = new(StringComparer.Ordinal);
    private readonly PriorityQueue<(string PromptId, string Kind), long> _forgetting = new();

    /// <summary>Prompts that wait for their notBefore.</summary>
    public int Waiting => _waiting.Count;

    /// <summary>Records that had been seen before.</summary>
    public long Duplicates { get; private set; }

    /// <summary>Sends that came too late to be shown.</summary>
    public long Expired { get; private set; }

    /// <summary>Commands of a kind this consumer does not know.</summary>
    public long Unknown { get; private set; }

    /// <summary>Takes one record in.</summary>
    /// <param name="message">The record.</param>
    /// <param name="now">Milliseconds since 1970.</param>
    public IReadOnlyList<PromptAction> Receive(PromptMessage message, long now)
    {
        Forget(now);
        if (now > message.NotAfter && message.Kind != "cancel") Expired++;
        else if (!IsNew(message)) Duplicates++;
        else if (message.Kind == "cancel") return Cancel(message);
        else if (message.Kind is "send" or "supersede") return Take(message, now);
        else Unknown++;
        return [];
    }

    /// <summary>Shows what is due. Call it when nothing comes in, too.</summary>
    public IReadOnlyList<PromptAction> Tick(long now)
    {
        Forget(now);
        var due = _waiting.Values.Where(prompt => prompt.NotBefore <= now).OrderBy(prompt => prompt.NotBefore).ThenBy(prompt => prompt.Sequence).ToList();
        return [.. due.Select(Show)];
    }

    /// <summary>Tells of a prompt that was shown before a restart, so that it is not shown again.</summary>
    public void Restore(PromptMessage shown)
    {
        IsNew(shown);
        _shown[shown.PromptId] = shown;
    }

    private bool IsNew(PromptMessage message)
    {
        if (!_seen.TryAdd((message.PromptId, message.Kind), message.NotAfter)) return false;
        _forgetting.Enqueue((message.PromptId, message.Kind), message.NotAfter);
        return true;
    }

    private List<PromptAction> Take(PromptMessage message, long now)
    {
        // A cancel can overtake its send only where the send's record is read again: then the cancel still stands.
        if (_seen.ContainsKey((message.PromptId, "cancel"))) return [];
        var actions = new List<PromptAction>();
        if (message.CollapseKey is not null && !Collapse(message, actions)) return actions;
        _waiting[message.PromptId] = message;
        if (message.NotBefore <= now) actions.Add(Show(message));
        return actions;
    }

    /// <summary>Of one key the latest counts: what waits goes, and a supersede takes the shown one's place on the screen.</summary>
    /// <returns>False when a later one is there already.</returns>
    private bool Collapse(PromptMessage message, List<PromptAction> actions)
    {
        var others = _waiting.Values.Concat(_shown.Values).Where(other => other.User == message.User && other.CollapseKey == message.CollapseKey).ToList();
        if (others.Exists(other => other.Sequence > message.Sequence)) return false;
        foreach (var other in others)
        {
            _waiting.Remove(other.PromptId);
            if (message.Kind == "supersede" && _shown.Remove(other.PromptId)) actions.Add(new(ActionKind.Retract, other));
        }
        return true;
    }

    private PromptAction[] Cancel(PromptMessage cancel)
    {
        _waiting.Remove(cancel.PromptId);
        return _shown.Remove(cancel.PromptId, out var shown) ? [new(ActionKind.Retract, shown)] : [];
    }

    private PromptAction Show(PromptMessage prompt)
    {
        _waiting.Remove(prompt.PromptId);
        _shown[prompt.PromptId] = prompt;
        return new(ActionKind.Show, prompt);
    }

    private void Forget(long now)
    {
        while (_forgetting.TryPeek(out var oldest, out var notAfter) && notAfter < now)
        {
            _forgetting.Dequeue();
            _seen.Remove(oldest);
            // A prompt that expires while it waits is not shown any more.
            if (oldest.Kind != "cancel" && _waiting.Remove(oldest.PromptId)) Expired++;
            _shown.Remove(oldest.PromptId);
        }
    }
}
