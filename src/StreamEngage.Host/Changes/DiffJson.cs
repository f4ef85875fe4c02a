using System.Text;
using System.Text.Json;
using StreamEngage.Events;

namespace StreamEngage.Host.Changes;

/// <summary>A difference between two rulebooks for programs: one JSON object, times in milliseconds.</summary>
internal static class DiffJson
{
    public static string Of(RulebookDiff diff)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteNumber("read", diff.Intake.Read);
            json.WriteNumber("at", diff.At!.Value.UnixMilliseconds);
            json.WriteBoolean("reached", diff.Impact is not null);
            if (diff.Impact is { } impact) Write(json, impact);
            json.WriteStartArray("usersCutOff");
            foreach (var user in diff.UsersCutOff.Order(StringComparer.Ordinal)) json.WriteStringValue(user);
            json.WriteEndArray();
            WritePrompts(json, diff);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Write(Utf8JsonWriter json, PipelineChange impact)
    {
        json.WriteStartArray("underWay");
        foreach (var trigger in impact.Triggers)
        {
            json.WriteStartObject();
            json.WriteString("trigger", trigger.Name);
            json.WriteNumber("version", trigger.Version);
            json.WriteNumber("users", trigger.Users.Count);
            json.WriteNumber("armed", trigger.Armed);
            json.WriteNumber("begun", trigger.Begun);
            json.WriteNumber("held", trigger.Held);
            json.WriteNumber("journeys", trigger.Journeys);
            json.WriteNumber("ending", trigger.Ending);
            json.WriteBoolean("goesOn", trigger.IsKept);
            json.WriteBoolean("drains", trigger.Drains);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartArray("inForce");
        foreach (var trigger in impact.To.Triggers)
        {
            json.WriteStartObject();
            json.WriteString("trigger", trigger.Name);
            json.WriteNumber("version", trigger.Definition.Version);
            Write(json, "takesFrom", trigger.ActiveFrom);
            Write(json, "believedFrom", EventTime.Max(trigger.FoundFrom, trigger.JudgedFrom));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WritePrompts(Utf8JsonWriter json, RulebookDiff diff)
    {
        json.WriteStartObject("prompts");
        json.WriteNumber("same", diff.Prompts.Same);
        foreach (var (name, change) in diff.Prompts.ByTrigger)
        {
            json.WriteStartObject(name);
            json.WriteNumber("gained", change.Gained);
            json.WriteNumber("lost", change.Lost);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartArray("changes");
        foreach (var (prompt, isGained) in diff.Prompts.Shown)
        {
            json.WriteStartObject();
            json.WriteBoolean("gained", isGained);
            json.WriteNumber("at", prompt.At.UnixMilliseconds);
            json.WriteString("user", prompt.User);
            json.WriteString("trigger", prompt.Trigger);
            json.WriteString("instance", prompt.Instance);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Null where it has always been.</summary>
    private static void Write(Utf8JsonWriter json, string name, EventTime at)
    {
        if (at == EventTime.Beginning) json.WriteNull(name);
        else json.WriteNumber(name, at.UnixMilliseconds);
    }
}
