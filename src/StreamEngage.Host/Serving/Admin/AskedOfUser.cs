using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>The body of a request about one user: <c>{"user": "…"}</c> and further texts.</summary>
internal sealed class AskedOfUser
{
    private const int DepthMax = 4;

    private readonly Dictionary<string, string> _more;

    private AskedOfUser(string user, Dictionary<string, string> more) => (User, _more) = (user, more);

    public string User { get; }

    /// <summary>Null: it was not said.</summary>
    public string? this[string name] => _more.GetValueOrDefault(name);

    /// <summary>
    /// Null when the body is not such: the user is no text, or something is neither text nor number or longer than an id may be. A number counts as its digits.
    /// </summary>
    public static async Task<AskedOfUser?> ReadAsync(HttpContext context, params string[] names)
    {
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, new() { MaxDepth = DepthMax }, context.RequestAborted);
            var root = body.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("user", out var user) || user.ValueKind != JsonValueKind.String) return null;
            var more = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var name in names)
                if (root.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null)
                    more[name] = value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString() : "";
            return more.Values.Append(user.GetString()!).All(text => text.Length is > 0 and <= Limits.IdBytesMax) ? new(user.GetString()!, more) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
