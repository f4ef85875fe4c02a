using System.Text;
using System.Text.Json;

namespace ClickstreamPublisher;

/// <summary>A line and what publishing it needs. One that cannot be read is published all the same: the engine quarantines it.</summary>
public sealed record Click(byte[]? Key, byte[] Value, long At)
{
    public static Click Of(string line)
    {
        var value = Encoding.UTF8.GetBytes(line);
        try
        {
            using var json = JsonDocument.Parse(line);
            var user = json.RootElement.GetProperty("user").GetString();
            return new(user is null ? null : Encoding.UTF8.GetBytes(user), value, AtOf(json.RootElement.GetProperty("at")));
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return new(null, value, 0);
        }
    }

    private static long AtOf(JsonElement at) => at.ValueKind == JsonValueKind.Number ? at.GetInt64() : at.GetDateTimeOffset().ToUnixTimeMilliseconds();
}
