using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace StreamEngage.Decide;

/// <summary>
/// Where a unit stands in an experiment: the first 8 bytes (big-endian) of SHA-256 of <c>salt + ":" + unit</c>, divided by 2^64. Never a draw and
/// never drawn again: the same on every machine, in every language, today and in a year.
/// </summary>
internal static class Assignment
{
    /// <summary>The salt of the global holdout.</summary>
    public const string GlobalSalt = "global";

    private const double OneIn2To64 = 1.0 / 18_446_744_073_709_551_616.0;
    private const int StackBytesMax = 1_024;

    // The last 2^10 hashes would round to 1, which no half-open share contains.
    private static readonly double LastBelowOne = Math.BitDecrement(1.0);

    public static string HoldoutSalt(string trigger) => "holdout/" + trigger;

    public static string VariantSalt(string experiment) => "variant/" + experiment;

    /// <summary>In [0, 1).</summary>
    public static double Share(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> unit) => Math.Min(Hash(salt, unit) * OneIn2To64, LastBelowOne);

    /// <inheritdoc cref="Share(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static double Share(string salt, ReadOnlySpan<byte> unit)
    {
        var most = Encoding.UTF8.GetMaxByteCount(salt.Length);
        var bytes = most <= StackBytesMax ? stackalloc byte[most] : new byte[most];
        return Share(bytes[..Encoding.UTF8.GetBytes(salt, bytes)], unit);
    }

    /// <summary>Those below <paramref name="share"/>: a bigger holdout holds out everybody whom a smaller one did.</summary>
    public static bool IsHeldOut(string salt, ReadOnlySpan<byte> unit, double share) => share > 0 && Share(salt, unit) < share;

    private static ulong Hash(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> unit)
    {
        var length = salt.Length + 1 + unit.Length;
        var bytes = length <= StackBytesMax ? stackalloc byte[length] : new byte[length];
        salt.CopyTo(bytes);
        bytes[salt.Length] = (byte)':';
        unit.CopyTo(bytes[(salt.Length + 1)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
