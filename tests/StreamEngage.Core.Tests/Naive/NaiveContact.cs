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
