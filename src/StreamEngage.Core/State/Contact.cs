using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What a user allowed, on which channels the user can be reached, and which prompts were made for the user lately.</summary>
internal sealed class Contact
{
    // Most users who are sent anything are sent one prompt on one channel and never say a word on consent: that costs no list.
    private List<ConsentFact>? _consents;
    private Handful<ChannelFact> _channels;
    private PromptTrace[] _prompts = [];
    private int _promptCount;

    public IReadOnlyList<ConsentFact> Consents => _consents ?? [];

    public int ChannelCount => _channels.Count;

    /// <summary>In the order in which they were first heard of.</summary>
    public ChannelFact ChannelAt(int index) => _channels[index];

    /// <summary>Oldest decision first.</summary>
    public ReadOnlySpan<PromptTrace> Prompts => _prompts.AsSpan(0, _promptCount);

    public bool KnowsNothing => Consents.Count + _channels.Count + _promptCount == 0;

    /// <summary>The latest word on a purpose, or on all of them; of two at the same instant the denial. Null: nothing was said.</summary>
    public bool? IsGranted(Utf8Text purpose)
    {
        if (_consents is null) return null;
        ConsentFact? latest = null;
        foreach (var fact in _consents)
        {
            if (!fact.Purpose.IsEmpty && fact.Purpose != purpose) continue;
            if (latest is not { } known || fact.At > known.At || (fact.At == known.At && !fact.IsGranted)) latest = fact;
        }
        return latest?.IsGranted;
    }

    /// <summary>An older word than the one that is known changes nothing.</summary>
    /// <param name="fact">The purpose's bytes are copied.</param>
    /// <returns>False when there was no room: only a grant is ever refused, a denial finds its place.</returns>
    public bool Take(ConsentFact fact)
    {
        _consents ??= [];
        var known = _consents.FindIndex(other => other.Purpose == fact.Purpose);
        if (known >= 0)
        {
            var before = _consents[known];
            if (fact.At > before.At || (fact.At == before.At && !fact.IsGranted)) _consents[known] = fact with { Purpose = before.Purpose };
            return true;
        }
        if (_consents.Count >= Limits.ConsentsMax)
        {
            if (fact.IsGranted) return false;
            // One of the grants gives way; where all are denials, nothing is allowed any more.
            var grant = _consents.FindIndex(other => other.IsGranted);
            if (grant < 0) (grant, fact) = (0, fact with { Purpose = default });
            _consents.RemoveAt(grant);
        }
        _consents.Add(fact with { Purpose = fact.Purpose.Detach() });
        return true;
    }

    public ChannelFact? Channel(Utf8Text name)
    {
        for (var i = 0; i < _channels.Count; i++)
            if (_channels[i].Name == name) return _channels[i];
        return null;
    }

    /// <summary>The channel's fact, made when there is none; null when there are too many.</summary>
    /// <param name="name">Kept as it is: its bytes outlive the user.</param>
    public ChannelFact? Open(Utf8Text name)
    {
        if (Channel(name) is { } known) return known;
        if (_channels.Count == Limits.ChannelsMax) return null;
        var made = new ChannelFact(name);
        _channels.Add(made);
        return made;
    }

    public PromptTrace? Prompt(UInt128 id) => IndexOf(id) is >= 0 and var index ? _prompts[index] : null;

    /// <summary>Adds to what became of a prompt; of one that is not remembered nothing is.</summary>
    public void Mark(UInt128 id, PromptFate fate)
    {
        if (IndexOf(id) is >= 0 and var index) _prompts[index] = _prompts[index] with { Fate = _prompts[index].Fate | fate };
    }

    /// <summary>Adds a prompt and forgets what is older than anybody asks for.</summary>
    public void Add(PromptTrace prompt, EventTime forgetBefore)
    {
        Forget(forgetBefore);
        if (_promptCount == Limits.PromptsRememberedMax) RemoveAt(0);
        if (_promptCount == _prompts.Length) Array.Resize(ref _prompts, Math.Max(1, _promptCount * 2));
        var place = _promptCount++;
        for (; place > 0 && _prompts[place - 1].At > prompt.At; place--) _prompts[place] = _prompts[place - 1];
        _prompts[place] = prompt;
    }

    public void Remove(UInt128 id)
    {
        if (IndexOf(id) is >= 0 and var index) RemoveAt(index);
    }

    /// <summary>Newest first: that is what an outcome is about.</summary>
    private int IndexOf(UInt128 id)
    {
        var index = _promptCount - 1;
        while (index >= 0 && _prompts[index].Id != id) index--;
        return index;
    }

    private void Forget(EventTime before)
    {
        var kept = 0;
        for (var i = 0; i < _promptCount; i++)
            if (_prompts[i].IsHeld || _prompts[i].At >= before) _prompts[kept++] = _prompts[i];
        _promptCount = kept;
    }

    private void RemoveAt(int index)
    {
        _promptCount--;
        _prompts.AsSpan(index + 1, _promptCount - index).CopyTo(_prompts.AsSpan(index));
    }
}

/// <summary>A word of the user on one purpose.</summary>
/// <param name="Purpose">Empty: all of them.</param>
/// <param name="IsGranted">False: denied.</param>
/// <param name="At">When it was said.</param>
internal readonly record struct ConsentFact(Utf8Text Purpose, bool IsGranted, EventTime At);

/// <summary>What is known of one channel of a user.</summary>
internal sealed class ChannelFact(Utf8Text name)
{
    public Utf8Text Name => name;

    /// <summary>Reachable until something else is said.</summary>
    public bool IsReachable { get; private set; } = true;

    /// <summary>When that was said.</summary>
    public EventTime SaidAt { get; private set; } = EventTime.Beginning;

    /// <summary>Prompts that went out here, those that failed left out.</summary>
    public long Sent { get; set; }

    /// <summary>How many of them were opened or clicked.</summary>
    public long Engaged { get; set; }

    /// <summary>The latest word counts; of two at the same instant, that the channel does not reach the user.</summary>
    public void Say(bool isReachable, EventTime at)
    {
        if (at > SaidAt || (at == SaidAt && !isReachable)) (IsReachable, SaidAt) = (isReachable, at);
    }
}

/// <summary>What became of a prompt as far as it is known.</summary>
[Flags]
internal enum PromptFate : byte
{
    None = 0,

    /// <summary>Its channel could not deliver it: it counts in no cap.</summary>
    Failed = 1,
    Delivered = 2,

    /// <summary>Opened or clicked.</summary>
    Engaged = 4,
    Dismissed = 8,
    Unsubscribed = 16,
}

/// <summary>A prompt that was made for a user: what caps count and what outcomes are about.</summary>
/// <param name="Id">The first half of the prompt's SHA-256, which is its id.</param>
/// <param name="Channel">Identity of the channel's name.</param>
/// <param name="Purpose">Identity of the purpose's name.</param>
internal readonly record struct PromptTrace(UInt128 Id, uint Channel, uint Purpose)
{
    /// <summary>When it was sent; while it is held, when it was decided.</summary>
    public EventTime At { get; init; }

    /// <summary>It waits for the end of quiet hours: its place in the caps is reserved.</summary>
    public bool IsHeld { get; init; }

    public PromptFate Fate { get; init; }
}
