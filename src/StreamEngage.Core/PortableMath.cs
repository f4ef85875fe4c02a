namespace StreamEngage;

/// <summary>
/// Logarithm and exponential from the four operations alone, which are exact everywhere: a library's may differ in the last bit between machines, and a
/// decision may not. Within a few units of the last place.
/// </summary>
internal static class PortableMath
{
    private const double Ln2 = 0.6931471805599453;
    // Ln2 in two parts, the first short enough to be multiplied by an exponent without rounding.
    private const double Ln2High = 0.693147180369123816490, Ln2Low = 1.90821492927058770002e-10;
    private const double Sqrt2 = 1.4142135623730951;
    private const double UnderflowsBelow = -700;
    private const int MantissaBits = 52, ExponentBias = 1_023;
    private const int PartsOfAPower = 32;
    private const double RoundsToWhole = 6_755_399_441_055_744;

    // 2^(part / 32): between two of them six terms of the series are exact to the last places.
    private static readonly double[] Powers = [.. Enumerable.Range(0, PartsOfAPower).Select(part => Exp(part * Ln2 / PartsOfAPower))];

    /// <summary>Of a positive, finite, normal number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> MantissaBits) - ExponentBias;
        var mantissa = BitConverter.Int64BitsToDouble((bits & ((1L << MantissaBits) - 1)) | ((long)ExponentBias << MantissaBits));
        if (mantissa > Sqrt2) (mantissa, exponent) = (mantissa / 2, exponent + 1);
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var sum = 0.0;
        for (var odd = 25; odd >= 1; odd -= 2) sum = (sum * square) + (1.0 / odd);
        return (exponent * Ln2High) + ((exponent * Ln2Low) + (2 * s * sum));
    }

    /// <summary>Of a number of at most 700; zero for one below -700.</summary>
    public static double Exp(double x)
    {
        if (x < UnderflowsBelow) return 0;
        var exponent = (int)Math.Floor((x / Ln2) + 0.5);
        var rest = x - (exponent * Ln2High) - (exponent * Ln2Low);
        var sum = 1.0;
        for (var term = 16; term >= 1; term--) sum = 1 + (sum * rest / term);
        return sum * BitConverter.Int64BitsToDouble((long)(exponent + ExponentBias) << MantissaBits);
    }

    /// <summary>1 / (1 + e^-x), of any number; NaN of NaN.</summary>
    public static double Logistic(double x)
    {
        if (!(Math.Abs(x) <= -UnderflowsBelow)) return double.IsNaN(x) ? x : x > 0 ? 1 : 0;
        var power = ExpBelow(-Math.Abs(x));
        return (x < 0 ? power : 1) / (1 + power);
    }

    /// <summary>As <see cref="Exp"/>, of a number from -700 to 0, in a fifth of its time: on the path of every event.</summary>
    private static double ExpBelow(double x)
    {
        // Added to and taken away again, it leaves the nearest whole number; its last bits are that number's.
        var shifted = x * (PartsOfAPower / Ln2) + RoundsToWhole;
        var parts = unchecked((int)BitConverter.DoubleToInt64Bits(shifted));
        var whole = shifted - RoundsToWhole;
        var rest = x - (whole * (Ln2High / PartsOfAPower)) - (whole * (Ln2Low / PartsOfAPower));
        var square = rest * rest;
        var low = 1 + rest + (square * (0.5 + (rest * (1.0 / 6))));
        var high = square * square * ((1.0 / 24) + (rest * (1.0 / 120)) + (square * (1.0 / 720)));
        var exponent = (long)((parts >> 5) + ExponentBias);
        return (low + high) * Powers[parts & (PartsOfAPower - 1)] * BitConverter.Int64BitsToDouble(exponent << MantissaBits);
    }
}
