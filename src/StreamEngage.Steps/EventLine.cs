using System.Text.Json;
using StreamEngage.Emit;
using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>An event as a JSON line, with the properties that a schema keeps: for events that came in another form.</summary>
internal static class EventLine
{
    public static byte[] Of(in DecodedEvent e, in PropertyRun properties, EventSchema schema)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            WriteHead(json, e);
            json.WriteStartObject("props");
            foreach (var (name, slot) in schema.SlotsOf(e.Type))
            {
                if (properties[slot].IsNull) continue;
                json.WritePropertyName(name);
                JsonLines.WriteValue(json, properties[slot]);
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return text.ToArray();
    }

    private static void WriteHead(Utf8JsonWriter json, in DecodedEvent e)
    {
        json.WriteString("id", e.Id.Span);
        json.WriteString("user", e.User.Span);
        json.WriteString("type", e.TypeName.Span);
        json.WriteNumber("at", e.At.UnixMilliseconds);
        if (!e.Anonymous.IsEmpty) json.WriteString("anonymous", e.Anonymous.Span);
        if (!e.Session.IsEmpty) json.WriteString("session", e.Session.Span);
        if (!e.Source.IsEmpty) json.WriteString("source", e.Source.Span);
    }
}
