using System.Text.Json;
using System.Text.Unicode;
using StreamEngage.Events;

namespace StreamEngage.Ingest;

/// <summary>
/// Decodes one JSON line into an event of the batch, keeping only the properties the rulebook reads. Never throws on input. Not thread-safe.
/// </summary>
/// <remarks>
/// The line is copied once into the batch; texts stay slices of it. A member that stands twice counts as written last.
/// Fields the engine does not know are skipped.
/// </remarks>
internal sealed class JsonEventDecoder(EventSchema schema)
{
    private static readonly JsonReaderOptions Options = new()
    {
        MaxDepth = Limits.JsonDepthMax,
        CommentHandling = JsonCommentHandling.Disallow,
    };

    private readonly JsonProperties _properties = new(schema);

    /// <summary>Decodes <paramref name="line"/>; the event is valid until the batch is cleared.</summary>
    public Decoded TryDecode(
        ReadOnlySpan<byte> line, EventBatch batch, out DecodedEvent decoded, out PropertyRun properties)
    {
        decoded = default;
        properties = default;
        if (line.Length > Limits.EventBytesMax) return Decoded.TooLarge;
        if (!Utf8.IsValid(line) || !JsonEscapes.AreCharacters(line)) return Decoded.NotJson;
        var (owner, offset) = batch.ReserveText(line.Length);
        line.CopyTo(owner.AsSpan(offset));
        try
        {
            return Read(new JsonText(owner, offset, line.Length, batch), ref decoded, out properties);
        }
        catch (Exception refusal) when (refusal is JsonException or InvalidOperationException)
        {
            // The reader's only way to say "not JSON", or that an escape is half of a surrogate pair and no text at all. It costs
            // microseconds, so a stream of garbage is slow but never stopped.
            decoded = default;
            return Decoded.NotJson;
        }
    }

    private Decoded Read(in JsonText text, ref DecodedEvent decoded, out PropertyRun properties)
    {
        properties = default;
        var reader = new Utf8JsonReader(text.Span, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return Decoded.NotJson;
        var seen = Fields.None;
        var props = default(Range?);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var field = FieldOf(ref reader);
            reader.Read();
            if (field == Field.Props)
            {
                if (!SkipProps(ref reader, out props)) return Decoded.BadProps;
                continue;
            }
            var problem = ReadField(ref reader, field, text, ref decoded, ref seen);
            if (problem != Decoded.Event) return problem;
        }
        if (reader.Read()) return Decoded.NotJson;
        if (seen != Fields.All) return Missing(seen);
        return Complete(text, props, ref decoded, out properties);
    }

    private Decoded Complete(in JsonText text, Range? props, ref DecodedEvent decoded, out PropertyRun properties)
    {
        decoded.Type = schema.TypeOf(decoded.TypeName.Span);
        decoded.IdHash = Hash64.Of(decoded.Id.Span);
        decoded.UserHash = Hash64.Of(decoded.User.Span);
        decoded.ContentHash = Hash64.Mix(Hash64.Of(decoded.TypeName.Span), (ulong)decoded.At.UnixMilliseconds);
        if (!_properties.TryRead(text, props, ref decoded, out properties)) return Decoded.TooLarge;
        AnonymousField.Keep(schema, ref decoded, properties);
        return Decoded.Event;
    }

    private static Field FieldOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("id"u8)) return Field.Id;
        if (reader.ValueTextEquals("user"u8)) return Field.User;
        if (reader.ValueTextEquals("type"u8)) return Field.Type;
        if (reader.ValueTextEquals("at"u8)) return Field.At;
        if (reader.ValueTextEquals("props"u8)) return Field.Props;
        if (reader.ValueTextEquals("session"u8)) return Field.Session;
        if (reader.ValueTextEquals("source"u8)) return Field.Source;
        if (reader.ValueTextEquals("anonymous"u8)) return Field.Anonymous;
        return reader.ValueTextEquals("sent"u8) ? Field.Sent : Field.Unknown;
    }

    private static bool SkipProps(ref Utf8JsonReader reader, out Range? props)
    {
        props = null;
        if (reader.TokenType == JsonTokenType.Null) return true;
        if (reader.TokenType != JsonTokenType.StartObject) return false;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        props = start..(int)reader.BytesConsumed;
        return true;
    }

    private static Decoded ReadField(
        ref Utf8JsonReader reader, Field field, in JsonText text, ref DecodedEvent decoded, ref Fields seen)
    {
        switch (field)
        {
            case Field.Id:
                seen |= Fields.Id;
                return TryText(ref reader, text, Limits.IdBytesMax, out decoded.Id) ? Decoded.Event : Decoded.BadId;
            case Field.User:
                seen |= Fields.User;
                return TryText(ref reader, text, Limits.IdBytesMax, out decoded.User) ? Decoded.Event : Decoded.BadUser;
            case Field.Type:
                seen |= Fields.Type;
                return TryText(ref reader, text, Limits.TypeBytesMax, out decoded.TypeName) ? Decoded.Event : Decoded.BadType;
            case Field.At:
                seen |= Fields.At;
                return JsonTime.TryRead(ref reader, out decoded.At) ? Decoded.Event : Decoded.BadTime;
            case Field.Sent:
                JsonTime.TryRead(ref reader, out decoded.Sent);
                break;
            case Field.Session:
                decoded.Session = OptionalText(ref reader, text);
                break;
            case Field.Source:
                decoded.Source = OptionalText(ref reader, text);
                break;
            case Field.Anonymous:
                decoded.Anonymous = OptionalText(ref reader, text);
                break;
        }
        reader.Skip();
        return Decoded.Event;
    }

    /// <summary>Empty where there is none or it is too long: nothing hangs on it.</summary>
    private static Utf8Text OptionalText(ref Utf8JsonReader reader, in JsonText text) =>
        TryText(ref reader, text, Limits.IdBytesMax, out var value) ? value : default;

    /// <summary>A non-empty string, or a whole number as it is written: many logs number their users.</summary>
    private static bool TryText(ref Utf8JsonReader reader, in JsonText text, int bytesMax, out Utf8Text value)
    {
        value = default;
        if (reader.TokenType == JsonTokenType.Number && !reader.TryGetInt64(out _)) return false;
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number)) return false;
        value = text.TextOf(ref reader);
        return value.Length > 0 && value.Length <= bytesMax;
    }

    private static Decoded Missing(Fields seen)
    {
        if ((seen & Fields.Id) == 0) return Decoded.BadId;
        if ((seen & Fields.User) == 0) return Decoded.BadUser;
        return (seen & Fields.Type) == 0 ? Decoded.BadType : Decoded.BadTime;
    }

    private enum Field { Unknown, Id, User, Type, At, Props, Session, Source, Anonymous, Sent }

    [Flags]
    private enum Fields { None = 0, Id = 1, User = 2, Type = 4, At = 8, All = 15 }
}
