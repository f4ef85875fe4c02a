using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Host.Runs;

namespace StreamEngage.Host.Replaying;

/// <summary>A replay for people and for programs.</summary>
internal static class ReplayText
{
    private const int Shown = 10;

    public static string Of(Replayed replayed)
    {
        var table = new TextTable();
        table.Add("lane", "records", "steps", "made", "waiting", "withdrawn", "phantom", "users", "differing");
        foreach (var lane in replayed.Lanes)
            table.Add([.. new object[]
            {
                lane.Lane, lane.Records, lane.Steps, lane.Made, lane.Waiting, lane.Withdrawn, lane.Phantom.Count, lane.Users, lane.Differing.Count,
            }.Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)!)]);
        var text = new StringBuilder(table.ToString());
        foreach (var lane in replayed.Lanes)
        {
            if (lane.Problem is { } problem) Line(text, $"lane {lane.Lane}: {problem}");
            if (lane.NotCompared is { } why) Line(text, $"lane {lane.Lane}: {why}");
            Some(text, $"lane {lane.Lane}: settled by the journal and not made", lane.Phantom);
            Some(text, $"lane {lane.Lane}: users whose state is another one", lane.Differing);
        }
        if (replayed.Prompts is { } prompts)
        {
            Line(text, $"{prompts.Visible} prompts in the channel topics, {prompts.Repeated} of them repeated");
            Some(text, "published by the journal and in no topic", prompts.Lost);
            Some(text, "in a topic and not made", prompts.Phantom);
            Some(text, "in a topic with other content", prompts.Other);
        }
        Line(text, replayed.IsRight ? "all is as it was" : "not all is as it was");
        return text.ToString();
    }

    public static string Json(Replayed replayed)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            json.WriteBoolean("isRight", replayed.IsRight);
            json.WriteStartArray("lanes");
            foreach (var lane in replayed.Lanes) Write(json, lane);
            json.WriteEndArray();
            if (replayed.Prompts is { } prompts)
            {
                json.WriteStartObject("prompts");
                json.WriteNumber("visible", prompts.Visible);
                json.WriteNumber("repeated", prompts.Repeated);
                Write(json, "lost", prompts.Lost);
                Write(json, "phantom", prompts.Phantom);
                Write(json, "other", prompts.Other);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static void Write(Utf8JsonWriter json, ReplayedLane lane)
    {
        json.WriteStartObject();
        json.WriteNumber("lane", lane.Lane);
        json.WriteString("problem", lane.Problem);
        json.WriteString("notCompared", lane.NotCompared);
        json.WriteNumber("records", lane.Records);
        json.WriteNumber("steps", lane.Steps);
        json.WriteNumber("made", lane.Made);
        json.WriteNumber("waiting", lane.Waiting);
        json.WriteNumber("withdrawn", lane.Withdrawn);
        Write(json, "phantom", lane.Phantom);
        json.WriteNumber("users", lane.Users);
        Write(json, "differing", lane.Differing);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<string> keys)
    {
        json.WriteStartArray(name);
        foreach (var key in keys) json.WriteStringValue(key);
        json.WriteEndArray();
    }

    private static void Some(StringBuilder text, string what, IReadOnlyList<string> keys)
    {
        if (keys.Count == 0) return;
        var more = keys.Count > Shown ? $" and {keys.Count - Shown} more" : "";
        Line(text, $"{what}: {string.Join(", ", keys.Take(Shown))}{more}");
    }

    private static void Line(StringBuilder text, FormattableString line) => Line(text, FormattableString.Invariant(line));

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');
}
