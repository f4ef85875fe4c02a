using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Explaining;

/// <summary>One event of the history: the user's, or what moved the clock and what was told between two of them.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="At">When it happened.</param>
/// <param name="Json">As one JSON object.</param>
internal sealed record UserEvent(string Id, string Type, EventTime At, ReadOnlyMemory<byte> Json)
{
    private const string ClockType = "explain.clock";

    public UserEventKind Kind { get; private init; }

    /// <summary>Where the event was an Avro row: what the engine is offered.</summary>
    public (AvroReader Reader, ReadOnlyMemory<byte> Datum)? Avro { get; init; }

    /// <summary>It is nothing that the user did.</summary>
    public bool IsAside => Kind != UserEventKind.Own;

    /// <summary>The record as the engine takes it.</summary>
    public FeedRow Row => Avro is { } row ? new(0, row.Datum, default, null, row.Reader) : new(0, Json, default, null);

    /// <summary>Of nobody: it moves the clock as others' events did.</summary>
    public static UserEvent Clock(string user, EventTime at, int number) =>
        Made($"clock-{number}", $"{user}~", ClockType, at, []) with { Kind = UserEventKind.Clock };

    /// <summary>The clock is moved here, and what is due then fires.</summary>
    public static UserEvent Tick(EventTime at) => new("", "", at, default) { Kind = UserEventKind.Tick };

    /// <summary>What came of all users' prompts, as decisions read it from here on.</summary>
    public static UserEvent Statistics(EventTime at, ReadOnlyMemory<byte> record) => new("", "", at, record) { Kind = UserEventKind.Statistics };

    /// <summary>The next rulebook comes into force.</summary>
    public static UserEvent Rulebook(EventTime at) => new("", "", at, default) { Kind = UserEventKind.Rulebook };

    public static UserEvent Made(string id, string user, string type, EventTime at, IEnumerable<KeyValuePair<string, object?>> props)
    {
        var properties = new JsonObject();
        foreach (var (name, value) in props) properties[name] = Node(value);
        var json = new JsonObject { ["id"] = id, ["user"] = user, ["type"] = type, ["at"] = at.UnixMilliseconds, ["props"] = properties };
        return new(id, type, at, Bytes(json));
    }

    /// <summary>The same with another id and time.</summary>
    public UserEvent Copy(string id, EventTime at) => Edited(json => (json["id"], json["at"]) = (id, at.UnixMilliseconds)) with { Id = id, At = at };

    public UserEvent With(string property, object? value) => Edited(json =>
    {
        if (json["props"] is not JsonObject props) json["props"] = props = [];
        props[property] = Node(value);
    });

    /// <summary>Its properties for people.</summary>
    public string Properties()
    {
        try
        {
            using var document = JsonDocument.Parse(Json);
            if (!document.RootElement.TryGetProperty("props", out var props) || props.ValueKind != JsonValueKind.Object) return "";
            var text = string.Join(", ", props.EnumerateObject().Select(one => $"{one.Name}: {one.Value}"));
            return text.Length <= ExplainLimits.PropertiesCharsMax ? text : $"{text[..ExplainLimits.PropertiesCharsMax]}…";
        }
        catch (JsonException)
        {
            return "";
        }
    }

    private UserEvent Edited(Action<JsonObject> edit)
    {
        var json = JsonNode.Parse(Json.Span)!.AsObject();
        edit(json);
        return this with { Json = Bytes(json), Avro = null };
    }

    private static byte[] Bytes(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonValue? Node(object? value) => value switch
    {
        null => null,
        bool truth => JsonValue.Create(truth),
        double number => JsonValue.Create(number),
        _ => JsonValue.Create(value.ToString()),
    };
}

/// <summary>What stands in a history.</summary>
internal enum UserEventKind
{
    /// <summary>The user's own event.</summary>
    Own,

    /// <summary>An event of nobody that moves the clock.</summary>
    Clock,

    /// <summary>A tick.</summary>
    Tick,

    /// <summary>Statistics over all users.</summary>
    Statistics,

    /// <summary>Another rulebook.</summary>
    Rulebook,
}
