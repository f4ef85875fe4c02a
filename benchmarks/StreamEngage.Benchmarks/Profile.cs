using System.Diagnostics;
using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks;

/// <summary>
/// One contender over and over, for a sampling profiler to look at: <c>limit</c>, <c>bare</c>, <c>default</c> or <c>shop</c>, from nothing each time.
/// Each pass tells what the processor counted between decode and output.
/// </summary>
internal static class Profile
{
    private const int Users = 100_000, Events = 1_000_000;

    public static int Run(string what, int seconds, int users = Users, int events = Events)
    {
        Func<string> pass = what == "shop" ? ShopPass(users, events) : RacePass(what, users, events);
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed.TotalSeconds < seconds) Console.WriteLine(pass());
        return 0;
    }

    private static Func<string> ShopPass(int users, int events)
    {
        var traffic = new ShopTraffic(users, events);
        var rulebook = ShopRulebook.Compile();
        return () =>
        {
            var (before, collections) = (GC.GetTotalMemory(forceFullCollection: true), GC.CollectionCount(0));
            var run = new ShopRun(rulebook, traffic);
            run.Pass(..);
            collections = GC.CollectionCount(0) - collections;
            var bytes = (GC.GetTotalMemory(forceFullCollection: true) - before) / run.Lane.Users.Count;
            return $"{collections} collections, {bytes:N0} bytes a user, {(double)run.Allocated / traffic.Count:N0} bytes allocated an event, "
                + $"{run.Counted.AnEvent(traffic.Count)}, {1e9 * run.ProcessTicks / Stopwatch.Frequency / traffic.Count:N0} ns an event, "
                + $"{run.Prompts:N0} prompts";
        };
    }

    private static Func<string> RacePass(string what, int users, int events)
    {
        var tape = new ClickTape(users, events, 1);
        return () =>
        {
            var round = Round.Of(() => what == "limit" ? new HandWritten(tape) : new Engine(tape, what == "bare"), tape);
            return $"{round.Counted.AnEvent(tape.Count)}, {1e9 / round.EventsPerSecond:N0} ns an event, "
                + $"{round.BytesAllocatedAnEvent:N1} bytes allocated an event, {round.BytesAUser:N0} bytes a user, {round.Prompts:N0} prompts";
        };
    }
}
