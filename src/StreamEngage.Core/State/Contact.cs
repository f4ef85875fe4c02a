using StreamEngage.Events;

namespace StreamEngage.State;

/// <summary>What a user allowed, on which channels the user can be reached, and which prompts were made for the user lately.</summary>
internal sealed class Contact
{
    private readonly List<ConsentFact> _consents = [];
    private readonly List<ChannelFact> _channels = [];
    private readonly List<PromptTrace> _prompts = [];

    public IReadOnlyList<ConsentFact> Consents => _consents;

    public IReadOnlyList<ChannelFact> Channels => _channels;

    /// <summary>Oldest decision first.</summary>
    public IReadOnlyList<PromptTrace> Prompts => _prompts;

    public bool KnowsNothing => _consents.Count + _channels.Count + _prompts.Count == 0;

    /// <summary>The latest word on a purpose, or on all of them; of two at the same instant the denial. Null: nothing was said.</summary>
    public bool? IsGranted(Utf8Text purpose)
    {
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
        foreach (var channel in _channels)
            if (channel.Name == name) return channel;
        return null;
    }

    /// <summary>The channel's fact, made when there is none; null when there are too many.</summary>
    public ChannelFact? Open(Utf8Text name)
    {
        if (Channel(name) is { } known) return known;
        if (_channels.Count == Limits.ChannelsMax) return null;
        var made = new ChannelFact(name.Detach());
        _channels.Add(made);
        return made;
    }

    public PromptTrace? Prompt(UInt128 id)
    {
        // Newest first: that is what an outcome is about.
        for (var i = _prompts.Count - 1; i >= 0; i--)
            if (_prompts[i].Id == id) return _prompts[i];
        return null;
    }

    /// <summary>Adds a prompt and forgets what is older than anybody asks for.</summary>
    public void Add(PromptTrace prompt, EventTime forgetBefore)
    {
        _prompts.RemoveAll(old => !old.IsHeld && old.At < forgetBefore);
        if (_prompts.Count == Limits.PromptsRememberedMax) _prompts.RemoveAt(0);
        var place = _prompts.Count;
        while (place > 0 && _prompts[place - 1].At > prompt.At) place--;
        _prompts.Insert(place, prompt);
    }

    public void Remove(PromptTrace prompt) => _prompts.Remove(prompt);
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
/// <param name="id">The first half of the prompt's SHA-256, which is its id.</param>
/// <param name="channel">Identity of the channel's name.</param>
/// <param name="purpose">Identity of the purpose's name.</param>
internal sealed class PromptTrace(UInt128 id, uint channel, uint purpose)
{
    public UInt128 Id => id;

    public uint Channel => channel;

    public uint Purpose => purpose;

    /// <summary>When it was sent; while it is held, when it was decided.</summary>
    public EventTime At { get; init; }

    /// <summary>It waits for the end of quiet hours: its place in the caps is reserved.</summary>
    public bool IsHeld { get; init; }

    public PromptFate Fate { get; set; }

    /// <summary>The same under its id, known once it is made.</summary>
    public PromptTrace Of(UInt128 made) => new(made, channel, purpose) { At = At };

    public PromptTrace Held() => new(id, channel, purpose) { At = At, IsHeld = true };
}
