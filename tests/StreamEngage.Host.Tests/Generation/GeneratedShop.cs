using System.Buffers;
using System.Text;
using System.Text.Json;
using StreamEngage.Host.Generation;

namespace StreamEngage.Host.Tests.Generation;

/// <summary>A whole generated stream and its truth, in memory.</summary>
internal sealed class GeneratedShop
{
    private GeneratedShop(ReadOnlySpan<byte> events, ReadOnlySpan<byte> truth, StreamCounts counts)
    {
        Lines = Encoding.UTF8.GetString(events).Split('\n')[..^1];
        Truth = [.. Encoding.UTF8.GetString(truth).Split('\n')[..^1].Select(line => JsonDocument.Parse(line).RootElement)];
        Counts = counts;
    }

    public IReadOnlyList<string> Lines { get; }

    public IReadOnlyList<JsonElement> Truth { get; }

    public StreamCounts Counts { get; }

    public static GeneratedShop Of(ShopSettings settings)
    {
        var (events, truth) = (new ArrayBufferWriter<byte>(), new ArrayBufferWriter<byte>());
        var stream = new ShopClickstream(settings, truth);
        while (stream.TryNext(out var line)) line.WriteLine(events);
        return new GeneratedShop(events.WrittenSpan, truth.WrittenSpan, stream.Counts);
    }

    public IEnumerable<JsonElement> Of(params string[] kinds) => Truth.Where(fact => kinds.Contains(fact.GetProperty("kind").GetString()));

    /// <summary>Null for a line that is no event.</summary>
    public static ShopEvent? Parse(string line)
    {
        try
        {
            var json = JsonDocument.Parse(line).RootElement;
            return json.TryGetProperty("user", out var user) && json.GetProperty("at").TryGetInt64(out var at)
                ? new ShopEvent(json.GetProperty("id").GetString()!, user.GetString()!, json.GetProperty("type").GetString()!, at, json)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

internal sealed record ShopEvent(string Id, string User, string Type, long At, JsonElement Json)
{
    public string? Prop(string name) => Json.GetProperty("props").TryGetProperty(name, out var value) ? value.ToString() : null;
}
