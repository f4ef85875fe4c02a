using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>
/// The field <c>anonymous</c> of an <c>identify</c> event, kept as if it were the property of that name: so it is held, stored and read like any other.
/// Where both are given the field counts.
/// </summary>
internal static class AnonymousField
{
    public static void Keep(EventSchema schema, ref DecodedEvent decoded, in PropertyRun properties)
    {
        // Many sources name the anonymous id in every event; only one type reads it.
        if (decoded.Anonymous.IsEmpty || !decoded.TypeName.Span.SequenceEqual("identify"u8)) return;
        var hash = Hash64.Of(decoded.Anonymous.Span);
        decoded.ContentHash ^= Hash64.Mix(Hash64.Of("anonymous"u8), hash);
        if (schema.Slot(decoded.Type, "anonymous"u8) is >= 0 and var slot) properties.Set(slot, Value.Of(decoded.Anonymous, hash));
    }
}
