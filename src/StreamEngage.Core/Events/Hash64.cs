using System.Buffers.Binary;
using System.Numerics;

namespace StreamEngage.Events;

/// <summary>
/// A 64-bit hash that is the same on every machine and in every release: stored in states, so it never changes.
/// Folded 128-bit multiplication over words of eight bytes; identity of ids and texts inside one user rests on it,
/// where the chance of a false match among 512 entries is below 2^-54.
/// </summary>
internal static class Hash64
{
    private const ulong Seed = 0x9E37_79B9_7F4A_7C15;
    private const ulong Stripe = 0xD6E8_FEB8_6659_FD93;

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var hash = Seed ^ (ulong)bytes.Length;
        while (bytes.Length >= 8)
        {
            hash = Fold(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(bytes), Stripe);
            bytes = bytes[8..];
        }
        return Fold(hash ^ Tail(bytes), Seed);
    }

    public static ulong Mix(ulong a, ulong b) => Fold(a ^ Stripe, b ^ Seed);

    /// <summary>Equal numbers hash equally: negative zero is zero.</summary>
    public static ulong Of(double number) => Mix(BitConverter.DoubleToUInt64Bits(number + 0.0), 1);

    private static ulong Tail(ReadOnlySpan<byte> rest)
    {
        ulong word = 0;
        for (var i = 0; i < rest.Length; i++) word |= (ulong)rest[i] << (8 * i);
        return word;
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ BitOperations.RotateLeft(low, 23);
    }
}
