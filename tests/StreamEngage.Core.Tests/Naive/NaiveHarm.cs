namespace StreamEngage.Tests.Naive;

/// <summary>Whether prompts are certain to bring fewer conversions than none would.</summary>
internal static class NaiveHarm
{
    /// <summary>Effective users at which the interval is tightest.</summary>
    private const double Planned = 10_000;

    /// <summary>The asymptotic confidence sequence of Waudby-Smith and others lies wholly below zero.</summary>
    public static bool IsCertain((int Users, int Converted) sent, (int Users, int Converted) held, double alpha)
    {
        if (sent.Users == 0 || held.Users == 0)
            return false;
        var best = -2 * Math.Log(alpha);
        var effective = (double)sent.Users * held.Users / (sent.Users + held.Users);
        var scaled = effective * (best + Math.Log(best + 1)) / Planned;
        var radius = Math.Sqrt((Variance(sent) + Variance(held)) * (1 + (1 / scaled)) * Math.Log((scaled + 1) / (alpha * alpha)));
        return ((double)sent.Converted / sent.Users) - ((double)held.Converted / held.Users) + radius < 0;
    }

    private static double Variance((int Users, int Converted) side)
    {
        var rate = (side.Converted + 1.0) / (side.Users + 2.0);
        return rate * (1 - rate) / side.Users;
    }
}
