namespace StreamEngage.Rules.Expressions;

/// <summary>Which event types and properties there are: the catalogue's, the engine's own, and the fields every event has.</summary>
internal static class EventProperties
{
    /// <summary>What every event has beside its properties.</summary>
    public static readonly IReadOnlyDictionary<string, ValueType> Fields = new Dictionary<string, ValueType>(StringComparer.Ordinal)
    {
        ["type"] = ValueType.Text,
        ["at"] = ValueType.Duration,
        ["source"] = ValueType.Text,
        ["session"] = ValueType.Text,
    };

    /// <summary>What a session knows of itself; a session_end event has the same.</summary>
    public static readonly IReadOnlyDictionary<string, ValueType> Session = new Dictionary<string, ValueType>(StringComparer.Ordinal)
    {
        ["count"] = ValueType.Number,
        ["duration"] = ValueType.Duration,
        ["first_type"] = ValueType.Text,
        ["last_type"] = ValueType.Text,
        ["value"] = ValueType.Number,
    };

    /// <summary>What the engine itself knows of a user; every other attribute is of type any.</summary>
    public static readonly IReadOnlyDictionary<string, ValueType> User = new Dictionary<string, ValueType>(StringComparer.Ordinal)
    {
        ["first_seen"] = ValueType.Duration,
        ["last_seen"] = ValueType.Duration,
        ["time_zone"] = ValueType.Text,
        ["stage"] = ValueType.Text,
        ["recency"] = ValueType.Duration,
        ["frequency"] = ValueType.Number,
        ["monetary"] = ValueType.Number,
        ["r_score"] = ValueType.Number,
        ["f_score"] = ValueType.Number,
        ["m_score"] = ValueType.Number,
    };

    /// <summary>The control events and the session events. Null: it may have any property.</summary>
    public static readonly IReadOnlyDictionary<string, IReadOnlyDictionary<string, ValueType>?> BuiltIn =
        new Dictionary<string, IReadOnlyDictionary<string, ValueType>?>(StringComparer.Ordinal)
        {
            ["session_start"] = Texts(),
            ["session_end"] = Session,
            ["profile_update"] = null,
            ["consent_update"] = Texts("purpose", "status"),
            ["channel_update"] = new Dictionary<string, ValueType> { ["channel"] = ValueType.Text, ["reachable"] = ValueType.Any },
            ["identify"] = null,
            ["prompt_outcome"] = Texts("promptId", "outcome"),
            ["prompt_approval"] = Texts("promptId", "status", "by"),
            ["erase"] = Texts(),
        };

    /// <summary>True when the type is built in, in the catalogue, or there is no catalogue.</summary>
    public static bool HasType(EventCatalogue? catalogue, string type) =>
        catalogue is null || catalogue.Types.ContainsKey(type) || BuiltIn.ContainsKey(type);

    /// <summary>The types a message can offer instead of an unknown one.</summary>
    public static IEnumerable<string> Types(EventCatalogue? catalogue) => (catalogue?.Types.Keys ?? []).Concat(BuiltIn.Keys);

    /// <summary>The properties a message can offer instead of an unknown one.</summary>
    public static IEnumerable<string> Names(EventCatalogue? catalogue, string type) => (Known(catalogue, type)?.Keys ?? []).Concat(Fields.Keys);

    /// <summary>The type of a property, any where nothing describes the event type; null when the type is described and lacks it.</summary>
    public static ValueType? Of(EventCatalogue? catalogue, string type, string property)
    {
        if (Fields.TryGetValue(property, out var field))
            return field;
        if (Known(catalogue, type) is not { } known)
            return ValueType.Any;
        if (known.TryGetValue(property, out var found))
            return found;
        return catalogue is null ? ValueType.Any : null;
    }

    private static IReadOnlyDictionary<string, ValueType>? Known(EventCatalogue? catalogue, string type) =>
        catalogue is not null && catalogue.Types.TryGetValue(type, out var known) ? known : BuiltIn.GetValueOrDefault(type);

    private static Dictionary<string, ValueType> Texts(params string[] names) =>
        names.ToDictionary(name => name, _ => ValueType.Text, StringComparer.Ordinal);
}
