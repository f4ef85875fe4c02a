using System.Diagnostics;
using System.Globalization;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>An engine that was away for some minutes: how long until it is where its input is, which goes on meanwhile.</summary>
internal sealed class CatchUp(Ground ground, int users, int minutes)
{
    public async Task<IReadOnlyList<string>> RunAsync(int rate)
    {
        var site = await ground.SiteAsync(new(Engine.TwoRules, SitePlan.Default));
        var backlog = rate * 60L * minutes;
        using (var feeder = new Feeder(site, lingerMilliseconds: 50)) Feed(feeder, rate, backlog);
        if (!site.IsWhole(site.Input)) throw new InvalidOperationException("The mock cluster has dropped some of the backlog: ask for less.");
        using var load = new OpenLoad(site, new(rate, users, int.MaxValue));
        load.Start();
        var started = Stopwatch.GetTimestamp();
        await using var engine = site.Start();
        while ((await site.AppliedAsync()).Sum() == 0) await Task.Delay(2);
        var (toFirst, began) = (Stopwatch.GetElapsedTime(started), Stopwatch.GetTimestamp());
        while (backlog + load.Fed.Sum() - (await site.AppliedAsync()).Sum() > rate / 4)
        {
            engine.MustBeWell();
            await Task.Delay(10);
        }
        var took = Stopwatch.GetElapsedTime(began);
        var live = load.Fed.Sum();
        load.Stop();
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{minutes} minutes of backlog at {rate:n0} events/s ({backlog:n0} events of {users:n0} users in {Ground.Lanes} lanes, all of it"
                    + $" kept by the mock),"
                + $" which go on coming meanwhile. Caught up: less than 250 ms of input is left. The clock is live: timers fire as the input's time passes."),
            "",
            "| backlog, events | start to the first step s | from there until caught up s | thousand events/s | times as fast as they came |",
            "|---|---|---|---|---|",
            string.Create(CultureInfo.InvariantCulture,
                $"| {backlog:n0} | {toFirst.TotalSeconds:n1} | {took.TotalSeconds:n1} | {(backlog + live) / took.TotalSeconds / 1e3:n1}"
                + $" | {(backlog + live) / took.TotalSeconds / rate:n0} |"),
        ];
    }

    private void Feed(Feeder feeder, int rate, long backlog)
    {
        var first = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - backlog * 1_000 / rate;
        for (var i = 0L; i < backlog; i++)
        {
            var at = first + i * 1_000 / rate;
            var (lane, line) = OpenLoad.Event(i, users, at, due: null);
            feeder.Feed(lane, line, at);
        }
        feeder.Flush();
    }
}
