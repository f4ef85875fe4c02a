using System.Diagnostics;

namespace StreamEngage.Benchmarks;

/// <summary>
/// Runs something until its code is compiled as it stays. The runtime counts calls first and compiles again in the background, which takes some seconds:
/// what is measured before that is the compiler.
/// </summary>
internal static class WarmUp
{
    private static readonly TimeSpan _least = TimeSpan.FromSeconds(4);

    public static void Run(Action pass)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < _least) pass();
    }
}
