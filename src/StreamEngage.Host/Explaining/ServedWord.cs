namespace StreamEngage.Host.Explaining;

/// <summary>What the topics of a serving engine say of one decision.</summary>
/// <param name="Lane">Where it was made.</param>
/// <param name="Rulebook">Version of the rulebook it was made under; null: not known.</param>
internal sealed record ServedWord(int Lane, string? Rulebook)
{
    /// <summary>The decision topic has the same line; null: the settings name no such topic, or there is no decision.</summary>
    public bool? IsInTopic { get; init; }

    /// <summary>What became of the prompt; null: there is none.</summary>
    public string? Prompt { get; init; }

    /// <summary>Why values and changes are not told; null: an engine that was asked again decided the same.</summary>
    public string? Why { get; init; }

    public IEnumerable<string> Says
    {
        get
        {
            yield return $"served in lane {Lane}{(Rulebook is null ? "" : $" under rulebook {Rulebook}")}";
            if (IsInTopic is { } isInTopic) yield return isInTopic ? "the decision topic has it so" : "the decision topic does not have it so, or not yet";
            if (Prompt is not null) yield return $"the prompt {Prompt}";
            if (Why is not null) yield return $"values and changes are not told: {Why}";
        }
    }
}
