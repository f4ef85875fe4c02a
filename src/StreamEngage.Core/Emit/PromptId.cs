using System.Security.Cryptography;
using System.Text;

namespace StreamEngage.Emit;

/// <summary>
/// The id of a prompt: the first 16 bytes, in lower-case hex, of SHA-256 of <c>trigger|user|instance|arming event id|step</c>. The same after
/// any replay on any machine. A bar or a backslash inside a part is written with a backslash before it, so that parts never run together.
/// </summary>
internal static class PromptId
{
    public const int Bytes = 16;

    public static string Of(string trigger, string user, string instance, string arming, int step)
    {
        var text = $"{Escape(trigger)}|{Escape(user)}|{Escape(instance)}|{Escape(arming)}|{step}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> bytes = text.Length <= 256 ? stackalloc byte[768] : new byte[text.Length * 3];
        SHA256.HashData(bytes[..Encoding.UTF8.GetBytes(text, bytes)], hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }

    private static string Escape(string part) =>
        part.Contains('|', StringComparison.Ordinal) || part.Contains('\\', StringComparison.Ordinal)
            ? part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
            : part;
}
