using System.Text.Json;
using StreamEngage.Ingest.Avro;

namespace StreamEngage.Ingest;

/// <summary>The Avro form of an event that is given as a flat JSON line.</summary>
internal static class EventDatum
{
    public static AvroValue Of(string line)
    {
        using var document = JsonDocument.Parse(line);
        var e = document.RootElement;
        var props = new OrderedDictionary<string, AvroValue>();
        if (e.TryGetProperty("props", out var all))
            foreach (var member in all.EnumerateObject()) props[member.Name] = Prop(member.Value);
        return AvroValue.Record(
            Text(e, "id"), Text(e, "user"), Text(e, "type"), AvroValue.Long(e.GetProperty("at").GetInt64()),
            OrNull(e, "anonymous"), OrNull(e, "session"), AvroValue.Union(0, AvroValue.Null), OrNull(e, "source"), AvroValue.Map(props));
    }

    private static AvroValue Text(JsonElement e, string field) => AvroValue.String(e.GetProperty(field).ToString());

    private static AvroValue OrNull(JsonElement e, string field) =>
        e.TryGetProperty(field, out _) ? AvroValue.Union(1, Text(e, field)) : AvroValue.Union(0, AvroValue.Null);

    private static AvroValue Prop(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => AvroValue.Union(0, AvroValue.Null),
        JsonValueKind.True or JsonValueKind.False => AvroValue.Union(1, AvroValue.Boolean(value.GetBoolean())),
        JsonValueKind.Number when value.TryGetInt64(out var whole) => AvroValue.Union(2, AvroValue.Long(whole)),
        JsonValueKind.Number => AvroValue.Union(3, AvroValue.Double(value.GetDouble())),
        JsonValueKind.String => AvroValue.Union(4, AvroValue.String(value.GetString()!)),
        _ => AvroValue.Union(5, AvroValue.Array([.. value.EnumerateArray().Select(Prop)])),
    };
}
