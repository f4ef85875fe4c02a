using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using StreamEngage.Decide;
using StreamEngage.Events;

namespace StreamEngage.Emit;

/// <summary>Writes commands and decisions as JSON, one object a line, fields always in the same order, times in milliseconds.</summary>
internal static class JsonLines
{
    private static readonly JsonWriterOptions Options = new()
    {
        // Lines go to files and topics, never into a page: text stays readable.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    /// <summary>A prompt as <c>run</c> writes it.</summary>
    public static void Write(PromptCommand prompt, IBufferWriter<byte> into) => Write(prompt, into, isWhole: false);

    /// <summary>A prompt as its channel's topic has it: every field of <c>schemas/prompt-command.avsc</c>.</summary>
    public static void WriteWhole(PromptCommand prompt, IBufferWriter<byte> into) => Write(prompt, into, isWhole: true);

    private static void Write(PromptCommand prompt, IBufferWriter<byte> into, bool isWhole)
    {
        using (var json = new Utf8JsonWriter(into, Options))
        {
            json.WriteStartObject();
            json.WriteString("promptId", prompt.PromptId);
            json.WriteString("kind", prompt.Kind switch { PromptKind.Send => "send", PromptKind.Cancel => "cancel", _ => "supersede" });
            json.WriteString("user", prompt.User);
            json.WriteString("channel", prompt.Channel);
            json.WriteString("trigger", prompt.Trigger);
            json.WriteNumber("version", prompt.Version);
            json.WriteString("instance", prompt.Instance);
            json.WriteString("variant", prompt.Variant);
            json.WriteNumber("decidedAt", prompt.DecidedAt.UnixMilliseconds);
            json.WriteNumber("notBefore", prompt.NotBefore.UnixMilliseconds);
            json.WriteNumber("notAfter", prompt.NotAfter.UnixMilliseconds);
            json.WriteNumber("priority", prompt.Priority);
            json.WriteNumber("sequence", prompt.Sequence);
            json.WriteString("template", prompt.Template);
            WriteData(json, prompt.Data);
            WriteTexts(json, "causes", prompt.Causes);
            WriteTexts(json, "reasons", prompt.Reasons);
            if (isWhole) WriteRest(json, prompt);
            json.WriteEndObject();
        }
        into.Write("\n"u8);
    }

    public static void Write(DecisionRecord decision, IBufferWriter<byte> into)
    {
        using (var json = new Utf8JsonWriter(into, Options))
        {
            json.WriteStartObject();
            json.WriteString("user", decision.User);
            json.WriteString("trigger", decision.Trigger);
            json.WriteNumber("version", decision.Version);
            json.WriteString("instance", decision.Instance);
            if (decision.Step is { } step) json.WriteString("step", step);
            json.WriteNumber("at", decision.At.UnixMilliseconds);
            json.WriteString("verdict", NameOf(decision.Verdict));
            json.WriteString("reason", ReasonCodes.Code(decision.Reason));
            json.WriteString("promptId", decision.PromptId);
            if (decision.Variant is { } variant) json.WriteString("variant", variant);
            WriteTexts(json, "causes", decision.Causes);
            WriteGates(json, decision.Gates);
            json.WriteEndObject();
        }
        into.Write("\n"u8);
    }

    private static void WriteRest(Utf8JsonWriter json, PromptCommand prompt)
    {
        json.WriteString("collapseKey", prompt.CollapseKey);
        json.WriteString("consentPurpose", prompt.ConsentPurpose);
        if (prompt.Propensity is { } propensity) json.WriteNumber("propensity", propensity);
        else json.WriteNull("propensity");
    }

    public static string NameOf(Gate gate) => gate.ToString().ToLowerInvariant();

    private static string NameOf(Verdict verdict) => verdict switch
    {
        Verdict.Sent => "sent",
        Verdict.Suppressed => "suppressed",
        Verdict.Held => "held",
        _ => "ghost",
    };

    private static void WriteGates(Utf8JsonWriter json, IReadOnlyList<GateTrace> gates)
    {
        json.WriteStartArray("gates");
        foreach (var gate in gates)
        {
            json.WriteStartObject();
            json.WriteString("gate", NameOf(gate.Gate));
            json.WriteBoolean("passed", gate.Passed);
            json.WriteString("detail", gate.Detail);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static void WriteData(Utf8JsonWriter json, IReadOnlyList<KeyValuePair<string, Value>> data)
    {
        json.WriteStartObject("data");
        foreach (var (name, value) in data)
        {
            json.WritePropertyName(name);
            WriteValue(json, value);
        }
        json.WriteEndObject();
    }

    /// <summary>A value as every line writes it.</summary>
    public static void WriteValue(Utf8JsonWriter json, in Value value)
    {
        switch (value.Kind)
        {
            case ValueKind.Number: json.WriteNumberValue(value.Number); break;
            case ValueKind.Boolean: json.WriteBooleanValue(value.IsTrue); break;
            case ValueKind.Text: json.WriteStringValue(value.Text.Span); break;
            case ValueKind.List:
                json.WriteStartArray();
                foreach (var item in value.Items) WriteValue(json, item);
                json.WriteEndArray();
                break;
            default: json.WriteNullValue(); break;
        }
    }
}
