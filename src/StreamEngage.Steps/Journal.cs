using System.Buffers;
using System.Text.Json;

namespace StreamEngage.Steps;

/// <summary>One step as the journal tells it: enough to make it again.</summary>
/// <param name="Number">Counts the lane's steps from 1.</param>
/// <param name="Applied">Where the input stood after it.</param>
/// <param name="Tick">The tick it ended with, in milliseconds; null: none.</param>
/// <param name="Rulebook">What it was made with.</param>
internal sealed record JournalStep(long Number, InputPosition Applied, long? Tick, string Rulebook);

/// <summary>
/// A record of the journal topic: the steps that a publication makes final, and the outbox entries that are settled with it. JSON, so that anybody
/// can read it.
/// </summary>
internal sealed record JournalRecord(IReadOnlyList<JournalStep> Steps, IReadOnlyList<string> Settled)
{
    public ReadOnlyMemory<byte> Encode()
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteStartArray("steps");
            foreach (var step in Steps) Write(json, step);
            json.WriteEndArray();
            json.WriteStartArray("settled");
            foreach (var key in Settled) json.WriteStringValue(key);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        return bytes.WrittenMemory;
    }

    /// <summary>Null for what no engine wrote.</summary>
    public static JournalRecord? Decode(ReadOnlyMemory<byte> record)
    {
        try
        {
            using var json = JsonDocument.Parse(record);
            return new(
                [.. json.RootElement.GetProperty("steps").EnumerateArray().Select(Read)],
                [.. json.RootElement.GetProperty("settled").EnumerateArray().Select(key => key.GetString()!)]);
        }
        catch (Exception broken) when (broken is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private static void Write(Utf8JsonWriter json, JournalStep step)
    {
        json.WriteStartObject();
        json.WriteNumber("step", step.Number);
        json.WriteStartArray("applied");
        for (var topic = 0; topic < step.Applied.Count; topic++) json.WriteNumberValue(step.Applied[topic]);
        json.WriteEndArray();
        if (step.Tick is { } tick) json.WriteNumber("tick", tick);
        json.WriteString("rulebook", step.Rulebook);
        json.WriteEndObject();
    }

    private static JournalStep Read(JsonElement step) => new(
        step.GetProperty("step").GetInt64(),
        new(step.GetProperty("applied").EnumerateArray().Select(next => next.GetInt64())),
        step.TryGetProperty("tick", out var tick) ? tick.GetInt64() : null,
        step.GetProperty("rulebook").GetString() ?? "");
}
