using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Host.Explaining;

/// <summary>One event of the history: the user's, or one of nobody that only moves the clock as others' events did.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Type">Its type.</param>
/// <param name="At">When it happened.</param>
/// <param name="Json">As one JSON object.</param>
internal sealed record UserEvent(string Id, string Type, EventTime At, ReadOnlyMemory<byte> Json)
{
    private const string ClockType = "explain.clock";

    /// <summary>Where the event was an Avro row: what the engine is offered.</summary>
    public (AvroReader Reader, ReadOnlyMemory<byte> Datum)? Avro { get; init; }

    public bool IsClock => Type == ClockType;

    /// <summary>The record as the engine takes it.</summary>
    public FeedRow Row => Avro is { } row ? new(0, row.Datum, default, null, row.Reader) : new(0, Json, default, null);

    public static UserEvent Clock(string user, EventTime at, int number) => Made($"clock-{number}", $"{user}~", ClockType, at, []);

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
