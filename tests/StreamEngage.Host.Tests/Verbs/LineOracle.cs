using System.Text.Json;
using System.Text.Unicode;

namespace StreamEngage.Host.Tests.Verbs;

/// <summary>A plain second reading of what a line must be, by the document model.</summary>
internal static class LineOracle
{
    private const long TimeMax = 8_796_093_022_207;

    private static readonly JsonDocumentOptions _options = new() { MaxDepth = 32 };

    /// <summary>Null for an event; else the reason. Where the line is no JSON at all, the engine may have met another fault before it.</summary>
    public static string? Reason(ReadOnlyMemory<byte> line)
    {
        if (line.Length > 1 << 20) return "too-large";
        if (!Utf8.IsValid(line.Span)) return "not-json";
        try
        {
            using var json = JsonDocument.Parse(line, _options);
            return json.RootElement.ValueKind == JsonValueKind.Object && IsText(json.RootElement) ? Reason(json.RootElement) : "not-json";
        }
        catch (JsonException)
        {
            return "not-json";
        }
    }

    private static string? Reason(JsonElement json)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in json.EnumerateObject())
        {
            seen.Add(member.Name);
            var fault = member.Name switch
            {
                "id" => IsName(member.Value, 256) ? null : "bad-id",
                "user" => IsName(member.Value, 256) ? null : "bad-user",
                "type" => IsName(member.Value, 128) ? null : "bad-type",
                "at" => IsTime(member.Value) ? null : "bad-time",
                "props" => member.Value.ValueKind is JsonValueKind.Object or JsonValueKind.Null ? null : "bad-props",
                _ => null,
            };
            if (fault is not null) return fault;
        }
        (string Name, string Reason)[] needed = [("id", "bad-id"), ("user", "bad-user"), ("type", "bad-type"), ("at", "bad-time")];
        return needed.FirstOrDefault(field => !seen.Contains(field.Name)).Reason;
    }

    private static bool IsName(JsonElement value, int bytesMax)
    {
        if (value.ValueKind == JsonValueKind.Number) return value.TryGetInt64(out _);
        if (value.ValueKind != JsonValueKind.String) return false;
        var bytes = System.Text.Encoding.UTF8.GetByteCount(value.GetString()!);
        return bytes > 0 && bytes <= bytesMax;
    }

    private static bool IsTime(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number) return value.TryGetInt64(out var at) && at is >= 0 and <= TimeMax;
        if (value.ValueKind != JsonValueKind.String || value.GetRawText().Contains('\\', StringComparison.Ordinal)) return false;
        var text = value.GetString()!;
        return text.Length is >= 20 and <= 40 && (text[^1] is 'Z' or 'z' || text[^6] is '+' or '-')
            && value.TryGetDateTimeOffset(out var instant) && instant.ToUnixTimeMilliseconds() is >= 0 and <= TimeMax;
    }

    // Half a character in an escape makes no text, wherever it stands.
    private static bool IsText(JsonElement value)
    {
        if (!value.GetRawText().Contains("\\u", StringComparison.Ordinal)) return true;
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.Object => value.EnumerateObject().All(member => member.Name.Length >= 0 && IsText(member.Value)),
                JsonValueKind.Array => value.EnumerateArray().All(IsText),
                JsonValueKind.String => value.GetString() is not null,
                _ => true,
            };
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
