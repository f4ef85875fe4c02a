using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StreamEngage.Host.Serving;

/// <summary>JSON answers.</summary>
internal static class HttpJson
{
    public static async Task WriteAsync(this HttpResponse response, int status, Action<Utf8JsonWriter> write)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text)) write(json);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = text.WrittenCount;
        await response.Body.WriteAsync(text.WrittenMemory);
    }

    /// <summary>An answer of one field.</summary>
    public static Task WriteAsync(this HttpResponse response, int status, string field, string text) => response.WriteAsync(status, json =>
    {
        json.WriteStartObject();
        json.WriteString(field, text);
        json.WriteEndObject();
    });
}
