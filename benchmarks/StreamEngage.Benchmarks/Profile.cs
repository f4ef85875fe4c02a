using System.Diagnostics;
using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks;

/// <summary>One contender over and over, for a sampling profiler to look at: <c>bare</c>, <c>default</c> or <c>shop</c>.</summary>
internal static class Profile
{
    public static int Run(string what, int seconds)
    {
        var clock = Stopwatch.StartNew();
        var tape = what == "shop" ? null : new ClickTape(100_000, 1_000_000, 1);
        var traffic = what == "shop" ? new ShopTraffic(100_000, 1_000_000) : null;
        var rulebook = ShopRulebook.Compile();
        while (clock.Elapsed.TotalSeconds < seconds)
        {
            if (tape is not null) Console.WriteLine(Round.Of(() => new Engine(tape, what == "bare"), tape));
            else new ShopRun(rulebook, traffic!).Pass(..);
        }
        return 0;
    }
}
