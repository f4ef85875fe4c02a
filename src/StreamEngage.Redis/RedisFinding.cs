namespace StreamEngage.Redis;

/// <summary>What the engine does about a finding.</summary>
internal enum FindingWeight
{
    /// <summary>Could not be looked at with the rights there are.</summary>
    Unchecked,

    /// <summary>Starts, and says so.</summary>
    Warning,

    /// <summary>Does not start.</summary>
    Refusal,
}

/// <summary>One line: the setting, what is wrong, the remedy.</summary>
internal sealed record RedisFinding(FindingWeight Weight, string Text)
{
    public override string ToString() => $"{Weight}: {Text}";
}
