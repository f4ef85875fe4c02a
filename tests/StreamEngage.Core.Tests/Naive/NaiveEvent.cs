namespace StreamEngage.Tests.Naive;

/// <summary>An event as it arrives: property values are null, double, string, bool or a list of those.</summary>
internal sealed record NaiveEvent(string Id, string User, string Type, long At, IReadOnlyDictionary<string, object?> Props)
{
    private static readonly string[] Control =
        ["profile_update", "consent_update", "channel_update", "identify", "prompt_outcome", "erase", "prompt_approval"];

    private static readonly string[] Derived = ["session_start", "session_end"];

    /// <summary>Place in the order of application, from 1; 0 before that.</summary>
    public int Number { get; init; }

    /// <summary>The same among the events of its user, from 1: what patterns tell earlier from later by.</summary>
    public int Place { get; init; }

    /// <summary>Of a user who was merged into the one that has it now.</summary>
    public bool IsInherited { get; init; }

    public bool IsBehavior => !Control.Contains(Type) && !Derived.Contains(Type);

    public object? Property(string name) => Props.GetValueOrDefault(name);

    /// <summary>Same type, time and properties: what makes a repeated id a duplicate and not a collision.</summary>
    public bool HasContentOf(NaiveEvent other) =>
        Type == other.Type && At == other.At && Props.Count == other.Props.Count &&
        Props.All(p => other.Props.TryGetValue(p.Key, out var value) && NaiveValue.Text(p.Value) == NaiveValue.Text(value));

    public override string ToString() =>
        $"{{\"id\": \"{Id}\", \"user\": \"{User}\", \"type\": \"{Type}\", \"at\": {At}, \"props\": {{" +
        string.Join(", ", Props.Select(p => $"\"{p.Key}\": {NaiveValue.Text(p.Value)}")) + "}}";
}
