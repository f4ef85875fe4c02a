namespace StreamEngage.Tests.Naive;

/// <summary>A prompt that was made or is held: what caps count.</summary>
internal sealed record NaivePrompt(string Id, string Channel, string Purpose, long At)
{
    public bool Failed { get; set; }

    public bool Engaged { get; set; }

    public bool IsHeld { get; init; }
}

/// <summary>What a user said of consent and channels, and the prompts made for the user.</summary>
internal sealed class NaiveContact
{
    private readonly List<(string? Purpose, bool Granted, long At)> _consents = [];
    private readonly List<(string Channel, bool Reachable, long At)> _channels = [];

    public List<NaivePrompt> Prompts { get; } = [];

    public void See(NaiveEvent e)
    {
        switch (e.Type)
        {
            case "consent_update" when e.Property("status") is "granted" or "denied":
                _consents.Add((e.Property("purpose") as string, e.Property("status") is "granted", e.At));
                break;
            case "channel_update" when e.Property("channel") is string channel && e.Property("reachable") is bool reachable:
                _channels.Add((channel, reachable, e.At));
                break;
            case "prompt_outcome":
                Outcome(e, Prompts.LastOrDefault(p => p.Id == e.Property("promptId") as string));
                break;
        }
    }

    public bool IsEmpty => _consents.Count + _channels.Count + Prompts.Count == 0;

    /// <summary>
    /// Of each purpose the more restrictive of the two last words. A denial of a named one counts from the later of the two on, one of all purposes from
    /// when it was said.
    /// </summary>
    public void Absorb(NaiveContact other)
    {
        var joint = _consents.Concat(other._consents).Select(c => c.Purpose).Distinct().Select(purpose => Joint(purpose, other)).ToList();
        _consents.Clear();
        _consents.AddRange(joint);
        _channels.AddRange(other._channels);
        var prompts = Prompts.Concat(other.Prompts).OrderBy(p => p.At).ToList();
        Prompts.Clear();
        Prompts.AddRange(prompts);
    }

    private (string? Purpose, bool Granted, long At) Joint(string? purpose, NaiveContact other)
    {
        var words = new[] { Last(purpose), other.Last(purpose) }.OfType<(string? Purpose, bool Granted, long At)>().ToList();
        var counted = purpose is null && words.Any(w => !w.Granted) ? words.Where(w => !w.Granted) : words;
        return (purpose, words.All(w => w.Granted), counted.Max(w => w.At));
    }

    private (string? Purpose, bool Granted, long At)? Last(string? purpose) => _consents.Where(c => c.Purpose is null || c.Purpose == purpose)
        .OrderBy(c => c.At).ThenByDescending(c => c.Granted).Select(c => ((string?, bool, long)?)c).LastOrDefault();

    /// <summary>The last word, of two at one instant the denial.</summary>
    public bool Allows(string purpose, bool otherwise) => _consents.Where(c => c.Purpose is null || c.Purpose == purpose)
        .OrderBy(c => c.At).ThenByDescending(c => c.Granted).Select(c => (bool?)c.Granted).LastOrDefault() ?? otherwise;

    public bool Reaches(string channel) => _channels.Where(c => c.Channel == channel)
        .OrderBy(c => c.At).ThenByDescending(c => c.Reachable).Select(c => (bool?)c.Reachable).LastOrDefault() ?? true;

    /// <summary>Engagements a prompt, one in ten to begin with.</summary>
    public double Rate(string channel)
    {
        var sent = Prompts.Where(p => p.Channel == channel && !p.IsHeld).ToList();
        return (sent.Count(p => p.Engaged) + 1.0) / (sent.Count(p => !p.Failed) + 10.0);
    }

    private void Outcome(NaiveEvent e, NaivePrompt? prompt)
    {
        switch (e.Property("outcome") as string)
        {
            case "failed" when prompt is not null:
                prompt.Failed = true;
                break;
            case "opened" or "clicked" when prompt is not null:
                prompt.Engaged = true;
                break;
            case "unsubscribed":
                _consents.Add((e.Property("purpose") as string ?? prompt?.Purpose, false, e.At));
                break;
        }
    }
}
