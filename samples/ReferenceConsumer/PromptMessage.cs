using System.Text.Json;

namespace ReferenceConsumer;

/// <summary>What a channel has to know of a prompt command. Fields it does not know are passed over: later versions may have more.</summary>
public sealed record PromptMessage(string PromptId, string Kind, string User, long NotBefore, long NotAfter)
{
    /// <summary>Prompts of one user with one key replace each other; null: it replaces nothing.</summary>
    public string? CollapseKey { get; init; }

    public long Sequence { get; init; }

    public string? Template { get; init; }

    /// <summary>Null when the record is no prompt command: count it, tell its producer, go on.</summary>
    public static PromptMessage? Read(ReadOnlyMemory<byte> record)
    {
        try
        {
            using var json = JsonDocument.Parse(record, new() { MaxDepth = 32 });
            var fields = json.RootElement;
            return new(Needed(fields, "promptId"), Needed(fields, "kind"), Needed(fields, "user"),
                fields.GetProperty("notBefore").GetInt64(), fields.GetProperty("notAfter").GetInt64())
            {
                CollapseKey = fields.TryGetProperty("collapseKey", out _) ? Text(fields, "collapseKey") : null,
                Sequence = fields.TryGetProperty("sequence", out var sequence) ? sequence.GetInt64() : 0,
                Template = fields.TryGetProperty("template", out _) ? Text(fields, "template") : null,
            };
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    private static string Needed(JsonElement fields, string name) => Text(fields, name) ?? throw new FormatException($"{name} is null");

    private static string? Text(JsonElement fields, string name) => fields.GetProperty(name).GetString();
}
