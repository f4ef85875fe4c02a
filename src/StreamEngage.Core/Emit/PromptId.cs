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
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(text));
        return Convert.ToHexStringLower(hash.AsSpan(0, Bytes));
    }

    private static string Escape(string part) =>
        part.Contains('|', StringComparison.Ordinal) || part.Contains('\\', StringComparison.Ordinal)
            ? part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
            : part;
}
