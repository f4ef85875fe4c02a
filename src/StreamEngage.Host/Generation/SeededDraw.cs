using System.Numerics;

namespace StreamEngage.Host.Generation;

/// <summary>
/// The generator's only source of chance: xoshiro256**, seeded through splitmix64. It uses integers and the four exact floating-point
/// operations alone, because a library logarithm may differ in its last bit between machines.
/// </summary>
internal sealed class SeededDraw
{
    private const double Ln2 = 0.6931471805599453;

    private ulong _a, _b, _c, _d;

    public SeededDraw(ulong seed) => (_a, _b, _c, _d) = (Split(ref seed), Split(ref seed), Split(ref seed), Split(ref seed));

    /// <summary>A whole number in [0, <paramref name="count"/>).</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>A whole number in [<paramref name="from"/>, <paramref name="to"/>].</summary>
    public int Between(int from, int to) => from + Below(to - from + 1);

    public bool Percent(int percent) => Below(100) < percent;

    public bool Chance(double share) => Share() < share;

    /// <summary>A number in [0, 1).</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1L << 53));

    /// <summary>Exponentially distributed with mean 1; at most 44.4.</summary>
    public double Exponential()
    {
        var bits = Next() | 1;
        var zeros = BitOperations.LeadingZeroCount(bits);
        var mantissa = ((bits << zeros) >> 11) * (1.0 / (1L << 53));
        var s = (mantissa - 1) / (mantissa + 1);
        var q = s * s;
        var log = 2 * s * (1 + q * (1.0 / 3 + q * (1.0 / 5 + q * (1.0 / 7 + q * (1.0 / 9)))));
        return zeros * Ln2 - log;
    }

    // Wrap-around is what these two generators are made of.
    private ulong Next()
    {
        unchecked
        {
            var drawn = BitOperations.RotateLeft(_b * 5, 7) * 9;
            var shifted = _b << 17;
            _c ^= _a;
            _d ^= _b;
            _b ^= _c;
            _a ^= _d;
            _c ^= shifted;
            _d = BitOperations.RotateLeft(_d, 45);
            return drawn;
        }
    }

    private static ulong Split(ref ulong seed)
    {
        unchecked
        {
            seed += 0x9E3779B97F4A7C15;
            var z = seed;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
