using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Events;

namespace StreamEngage.Steps;

/// <summary>One step as the journal tells it: enough to make it again.</summary>
/// <param name="Number">Counts the lane's steps from 1.</param>
/// <param name="Applied">Where the input stood after it.</param>
/// <param name="Tick">The tick it ended with, in milliseconds; null: none.</param>
/// <param name="Rulebook">What it was made with.</param>
/// <param name="Lineage">Tells this step after those before it from any other of its number: see <see cref="After"/>.</param>
internal sealed record JournalStep(long Number, InputPosition Applied, long? Tick, string Rulebook, ulong Lineage)
{
    /// <summary>What of one user it took; null: all.</summary>
    public UserRate? UserRate { get; init; }

    /// <summary>Records that it passed over: the engine throws with them.</summary>
    public IReadOnlyList<RecordPlace> Unfit { get; init; } = [];

    /// <summary>A step after one of a lineage. Equal descriptors after equal lineages make equal steps, so they have an equal lineage.</summary>
    public static JournalStep After(ulong lineage, long number, InputPosition applied, long? tick, string rulebook)
    {
        var hash = Hash64.Mix(lineage, unchecked((ulong)number));
        for (var topic = 0; topic < applied.Count; topic++) hash = Hash64.Mix(hash, unchecked((ulong)applied[topic]));
        hash = Hash64.Mix(hash, tick is { } at ? unchecked((ulong)at) : ulong.MaxValue);
        return new(number, applied, tick, rulebook, Hash64.Mix(hash, Hash64.Of(Encoding.UTF8.GetBytes(rulebook))));
    }

    /// <summary>The step of the same place that took less than everything.</summary>
    public JournalStep Taking(UserRate? rate, IReadOnlyList<RecordPlace> unfit)
    {
        var hash = rate is { } bound ? Hash64.Mix(Lineage, bound.Hash) : Lineage;
        foreach (var place in unfit) hash = Hash64.Mix(hash, Hash64.Mix((ulong)place.Topic, unchecked((ulong)place.Offset)));
        return hash == Lineage ? this : this with { UserRate = rate, Unfit = unfit, Lineage = hash };
    }
}

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
        if (step.UserRate is { } rate) WriteUserRate(json, rate);
        if (step.Unfit.Count > 0) WriteUnfit(json, step.Unfit);
        json.WriteString("lineage", step.Lineage.ToString("x16", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    private static void WriteUserRate(Utf8JsonWriter json, UserRate rate)
    {
        json.WriteStartObject("userRate");
        json.WriteNumber("perSecond", rate.PerSecond);
        json.WriteNumber("burst", rate.Burst);
        json.WriteEndObject();
    }

    private static void WriteUnfit(Utf8JsonWriter json, IReadOnlyList<RecordPlace> unfit)
    {
        json.WriteStartArray("unfit");
        foreach (var place in unfit)
        {
            json.WriteStartObject();
            json.WriteNumber("topic", place.Topic);
            json.WriteNumber("offset", place.Offset);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static JournalStep Read(JsonElement step) => new(
        step.GetProperty("step").GetInt64(),
        new(step.GetProperty("applied").EnumerateArray().Select(next => next.GetInt64())),
        step.TryGetProperty("tick", out var tick) ? tick.GetInt64() : null,
        step.GetProperty("rulebook").GetString() ?? "",
        ulong.Parse(step.GetProperty("lineage").GetString()!, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))
    {
        UserRate = step.TryGetProperty("userRate", out var rate)
            ? new(rate.GetProperty("perSecond").GetInt32(), rate.GetProperty("burst").GetInt32()) : null,
        Unfit = step.TryGetProperty("unfit", out var unfit)
            ? [.. unfit.EnumerateArray().Select(place => new RecordPlace(place.GetProperty("topic").GetInt32(), place.GetProperty("offset").GetInt64()))] : [],
    };
}
