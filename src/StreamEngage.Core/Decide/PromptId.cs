using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StreamEngage.Decide;

/// <summary>
/// The id of a prompt: the first 16 bytes, in lower-case hex, of SHA-256 of <c>trigger|user|instance|arming event id|step</c>. The same after
/// any replay on any machine. A bar or a backslash inside a part is written with a backslash before it, so that parts never run together.
/// </summary>
internal static class PromptId
{
    public const int Bytes = 16;

    // A unit of UTF-16 becomes at most three bytes, an escaped one two.
    private const int BytesAUnit = 3;
    private const int PartsMax = 5;

    // Kept, because making one costs as much as hashing. Between two calls it holds nothing.
    [ThreadStatic]
    private static IncrementalHash? _sha;

    public static string Of(string trigger, string user, string instance, string arming, string step)
    {
        var bytesMax = BytesAUnit * (trigger.Length + user.Length + instance.Length + arming.Length + step.Length) + PartsMax;
        var bytes = bytesMax <= 1_024 ? stackalloc byte[bytesMax] : new byte[bytesMax];
        var used = Write(trigger, bytes);
        used += Write(user, bytes[used..]);
        used += Write(instance, bytes[used..]);
        used += Write(arming, bytes[used..]);
        used += Write(step, bytes[used..]) - 1;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        var sha = _sha ??= IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(bytes[..used]);
        sha.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash[..Bytes]);
    }

    /// <summary>The id as the number its digits write: what records keep of it.</summary>
    public static UInt128 ValueOf(string id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        if (Convert.FromHexString(id, bytes, out _, out var written) != OperationStatus.Done || written != Bytes)
            throw new ArgumentException($"{id} is not the id of a prompt.", nameof(id));
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    /// <summary>A part and the bar after it. Returns how many bytes that took.</summary>
    private static int Write(string part, Span<byte> into)
    {
        var used = part.AsSpan().IndexOfAny('|', '\\') < 0 ? Encoding.UTF8.GetBytes(part, into) : WriteEscaped(part, into);
        into[used] = (byte)'|';
        return used + 1;
    }

    private static int WriteEscaped(string part, Span<byte> into) => Encoding.UTF8.GetBytes(
        part.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal), into);
}
