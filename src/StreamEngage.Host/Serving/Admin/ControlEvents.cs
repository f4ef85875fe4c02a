using System.Text.Json;
using StreamEngage.Events;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>Events by which a person changes what is known of a user, as lines.</summary>
internal static class ControlEvents
{
    /// <summary>The user is forgotten.</summary>
    /// <param name="user">Who.</param>
    /// <param name="id">Unlike that of any other event of the user.</param>
    /// <param name="at">When it was asked for.</param>
    public static byte[] Erase(string user, string id, EventTime at) => Line(json =>
    {
        json.WriteString("id", id);
        json.WriteString("user", user);
        json.WriteString("type", EventTypes.Erase);
        json.WriteNumber("at", at.UnixMilliseconds);
    });

    /// <summary>The answer to whether a prompt may be sent. The same answer given twice is one event.</summary>
    /// <param name="prompt">The prompt's id and the user whom it is for.</param>
    /// <param name="isApproved">Yes or no.</param>
    /// <param name="by">Who answers; null: not said.</param>
    /// <param name="at">When.</param>
    public static byte[] Answer((string Id, string User) prompt, bool isApproved, string? by, EventTime at) => Line(json =>
    {
        var status = isApproved ? "approved" : "rejected";
        json.WriteString("id", $"{status}-{prompt.Id}");
        json.WriteString("user", prompt.User);
        json.WriteString("type", EventTypes.PromptApproval);
        json.WriteNumber("at", at.UnixMilliseconds);
        json.WriteStartObject("props");
        json.WriteString("promptId", prompt.Id);
        json.WriteString("status", status);
        if (by is not null) json.WriteString("by", by);
        json.WriteEndObject();
    });

    private static byte[] Line(Action<Utf8JsonWriter> write)
    {
        using var text = new MemoryStream();
        using (var json = new Utf8JsonWriter(text))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }
        return text.ToArray();
    }
}
