using System.Text;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

// What a decoder makes of a line or datum, in words; and a schema that reads a few properties of two types.
internal static class Decoding
{
    public static readonly string[] Kept = ["price", "name", "cart.total", "tags", "deep.a.b", "member"];

    public static EventSchema Schema()
    {
        var schema = new EventSchema();
        var view = schema.AddType("view");
        var cart = schema.AddType("cart_add");
        foreach (var name in Kept) schema.Read(view, schema.AddProperty(name));
        schema.Read(cart, schema.AddProperty("price"));
        schema.Freeze();
        return schema;
    }

    public static string Json(string line) => Json(Encoding.UTF8.GetBytes(line));

    public static string Json(byte[] line)
    {
        var schema = Schema();
        var decoder = new JsonEventDecoder(schema);
        var verdict = decoder.TryDecode(line, new EventBatch(), out var e, out var properties);
        return verdict == Decoded.Event ? Words(schema, e, properties) : verdict.ToString();
    }

    public static string Words(EventSchema schema, in DecodedEvent e, in PropertyRun properties)
    {
        var text = new StringBuilder($"{e.Id} {e.User} {e.TypeName} {e.At.UnixMilliseconds}");
        foreach (var name in Kept)
            if (schema.Slot(e.Type, schema.PropertyOf(name)) is >= 0 and var slot && !properties[slot].IsNull)
                text.Append($" {name}={Word(properties[slot])}");
        return text.ToString();
    }

    public static string Word(Value value) => value.Kind switch
    {
        ValueKind.Text => $"'{value.Text}'",
        ValueKind.List => "[" + string.Join(',', value.Items.ToArray().Select(Word)) + "]",
        ValueKind.Null => "null",
        _ => value.ToString(),
    };
}
