using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngage.Emit;

namespace StreamEngage.Host.Explaining;

/// <summary>Explanations for programs: one JSON object, times in milliseconds.</summary>
internal static class ExplanationJson
{
    public static string Of(string user, IReadOnlyList<Explanation> explanations)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(json, user, explanations);
        return Encoding.UTF8.GetString(text.WrittenSpan);
    }

    public static void Write(Utf8JsonWriter json, string user, IReadOnlyList<Explanation> explanations)
    {
        json.WriteStartObject();
        json.WriteString("user", user);
        json.WriteStartArray("explanations");
        foreach (var one in explanations) Write(json, one);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Explanation explanation)
    {
        json.WriteStartObject();
        json.WriteString("trigger", explanation.Trigger.Name);
        if (explanation.Premise.Since is { } since) json.WriteNumber("rulebookFrom", since.UnixMilliseconds);
        json.WriteNumber("at", explanation.At.UnixMilliseconds);
        json.WritePropertyName("decision");
        if (explanation.Outcome is { } outcome) Write(json, outcome);
        else json.WriteNullValue();
        if (explanation.Served is { } served) Write(json, served);
        json.WriteStartArray("missing");
        foreach (var found in explanation.Missing?.Found ?? []) json.WriteStringValue(found);
        json.WriteEndArray();
        json.WriteStartArray("journeys");
        foreach (var journey in explanation.Journeys) json.WriteStringValue(journey);
        json.WriteEndArray();
        json.WriteStartArray("timeline");
        foreach (var e in explanation.Timeline()) Write(json, explanation, e);
        json.WriteEndArray();
        json.WriteStartArray("values");
        foreach (var term in explanation.Terms) Write(json, term);
        json.WriteEndArray();
        json.WriteStartArray("flips");
        foreach (var flip in explanation.Flips) Write(json, flip);
        json.WriteEndArray();
        json.WriteNumber("runs", explanation.Runs);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ServedWord served)
    {
        json.WriteStartObject("served");
        json.WriteNumber("lane", served.Lane);
        json.WriteString("rulebook", served.Rulebook);
        json.WriteBoolean("madeAgain", served.Why is null);
        if (served.IsInTopic is { } isInTopic) json.WriteBoolean("inDecisionTopic", isInTopic);
        json.WriteString("prompt", served.Prompt);
        json.WriteString("why", served.Why);
        json.WriteEndObject();
    }

    /// <summary>As <c>run</c> writes it.</summary>
    private static void Write(Utf8JsonWriter json, Outcome outcome)
    {
        var line = new ArrayBufferWriter<byte>();
        JsonLines.Write(outcome.Last, line);
        json.WriteRawValue(line.WrittenSpan.TrimEnd((byte)'\n'), skipInputValidation: true);
    }

    private static void Write(Utf8JsonWriter json, Explanation explanation, UserEvent e)
    {
        json.WriteStartObject();
        json.WriteString("id", e.Id);
        json.WriteString("type", e.Type);
        json.WriteNumber("at", e.At.UnixMilliseconds);
        json.WriteBoolean("cause", explanation.IsCause(e));
        json.WriteBoolean("counted", explanation.IsRead(e));
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, SeenTerm term)
    {
        json.WriteStartObject();
        json.WriteString("term", term.Text);
        json.WriteString("value", Spoken.Of(term.Value));
        json.WriteBoolean("condition", term.IsCondition);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Flip flip)
    {
        json.WriteStartObject();
        json.WriteString("says", flip.Says);
        json.WriteNumber("at", flip.Outcome.Last.At.UnixMilliseconds);
        json.WriteStartArray("changes");
        foreach (var change in flip.Changes)
        {
            json.WriteStartObject();
            json.WriteString("kind", change.Kind.ToString().ToLowerInvariant());
            json.WriteString("says", change.Says);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
