using System.Diagnostics;
using StreamEngage.Detect;

namespace StreamEngage.Benchmarks.Shop;

/// <summary>The sample rulebook on generated traffic: speed, what foreign triggers cost, growth with users, and memory.</summary>
internal static class SampleRulebook
{
    private const int ExtraTriggers = 200;
    // A visit has about nine events, and every user's first is on the first day.
    private const int EventsAUser = 10;

    /// <summary>What <see cref="ExtraTriggers"/> triggers on types that never come cost: the factor on an event's time.</summary>
    public static double CostOfForeignTriggers { get; private set; }

    public static IEnumerable<string> Speed(int users, int events, int rounds)
    {
        var traffic = new ShopTraffic(users, events);
        var (plain, extended) = (ShopRulebook.Compile(), ShopRulebook.Compile(ExtraTriggers));
        var (alone, beside) = (new List<Timing>(), new List<Timing>());
        WarmUp.Run(() => Time(plain, traffic));
        WarmUp.Run(() => Time(extended, traffic));
        for (var round = 0; round < rounds; round++)
        {
            alone.Add(Time(plain, traffic));
            beside.Add(Time(extended, traffic));
        }
        var (best, foreign) = (alone.MinBy(timing => timing.Process)!, beside.MinBy(timing => timing.Process)!);
        CostOfForeignTriggers = foreign.Process / best.Process;
        return
        [
            $"{ShopRulebook.Name}: {plain.Triggers.Length} triggers, {traffic.Count:N0} events of {users:N0} users, {rounds} interleaved rounds, one thread, "
                + $"{best.Prompts:N0} prompts of {best.Candidates:N0} candidates.",
            "",
            "| | ns an event, best (median) | thousand events/s, best | bytes a user |",
            "|---|---|---|---|",
            Row("detect, decide, emit", best.Process, alone.Select(timing => timing.Process), best.BytesAUser),
            Row("JSON decode and admission", alone.Min(timing => timing.Decode), alone.Select(timing => timing.Decode), null),
            Row($"with {ExtraTriggers} triggers on other types", foreign.Process, beside.Select(timing => timing.Process), foreign.BytesAUser),
            "",
            $"Cost ratio of the {ExtraTriggers} further triggers: {CostOfForeignTriggers:N3} (goal <= 1.05).",
        ];
    }

    /// <summary>Cost of an event by number of users: of the last events of each stream, after one in which all users have come.</summary>
    public static IEnumerable<string> Growth(int events, int rounds, params int[] users)
    {
        var rulebook = ShopRulebook.Compile();
        WarmUp.Run(() => TimeAt(rulebook, users[0], events));
        var timings = users.Select(_ => new List<Timing>()).ToArray();
        for (var round = 0; round < rounds; round++)
            for (var i = 0; i < users.Length; i++) timings[i].Add(TimeAt(rulebook, users[i], events));
        var best = timings.Select(some => some.MinBy(timing => timing.Process)!).ToArray();
        yield return $"The last {events:N0} events after {EventsAUser} a user, best of {rounds} rounds.";
        yield return "";
        yield return "| users | known to the engine | ns an event, best | times the first | bytes a user |";
        yield return "|---|---|---|---|---|";
        for (var i = 0; i < users.Length; i++)
            yield return $"| {users[i]:N0} | {best[i].Users:N0} | {best[i].Process:N0} | {best[i].Process / best[0].Process:N2} | {best[i].BytesAUser:N0} |";
    }

    private static Timing TimeAt(CompiledRulebook rulebook, int users, int events)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var (run, stream) = (new ShopRun(rulebook, null), new ShopStream(users, (long)users * EventsAUser + events));
        var streamBytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        run.Pass(stream, (long)users * EventsAUser);
        var (process, decode) = (run.ProcessTicks, run.DecodeTicks);
        run.Pass(stream, events);
        var nanoseconds = 1e9 / Stopwatch.Frequency / events;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before - streamBytes;
        GC.KeepAlive(stream);
        return new((run.ProcessTicks - process) * nanoseconds, (run.DecodeTicks - decode) * nanoseconds,
            (double)bytes / run.Lane.Users.Count, run.Lane.Users.Count, run.Prompts, run.Candidates);
    }

    /// <summary>
    /// Bytes allocated by events that made no candidate, decode included, in each pass over the same traffic, weeks apart: the first ones grow every
    /// user's state to its size.
    /// </summary>
    public static (long Bytes, long Events)[] AllocatedWithoutCandidate(CompiledRulebook rulebook, int users, int events, int passes)
    {
        var traffic = new ShopTraffic(users, events);
        var run = new ShopRun(rulebook, traffic);
        return [.. Enumerable.Range(0, passes).Select(pass => run.AllocatedWithoutCandidate(pass * ShopRun.Eon))];
    }

    private static string Row(string name, double best, IEnumerable<double> all, double? bytes) =>
        $"| {name} | {best:N0} ({Figures.Median(all):N0}) | {1e6 / best:N0} | {(bytes is { } known ? known.ToString("N0") : "")} |";

    private static Timing Time(CompiledRulebook rulebook, ShopTraffic traffic)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var run = new ShopRun(rulebook, traffic);
        run.Pass(..);
        var nanoseconds = 1e9 / Stopwatch.Frequency / traffic.Count;
        var bytes = GC.GetTotalMemory(forceFullCollection: true) - before;
        return new(run.ProcessTicks * nanoseconds, run.DecodeTicks * nanoseconds,
            (double)bytes / run.Lane.Users.Count, run.Lane.Users.Count, run.Prompts, run.Candidates);
    }

    private sealed record Timing(double Process, double Decode, double BytesAUser, int Users, long Prompts, long Candidates);
}
