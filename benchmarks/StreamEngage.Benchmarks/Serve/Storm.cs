using System.Diagnostics;
using System.Globalization;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>What an instance gets done while another joins the group and leaves it again and again, against what it gets done alone.</summary>
internal sealed class Storm(Ground ground, int users, int events, int seconds)
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);

    private int _moves;

    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var alone = await RateAsync(isStorm: false);
        var storm = await RateAsync(isStorm: true);
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{events:n0} events of {users:n0} users in {Ground.Lanes} lanes are there before an instance starts. Beside it another one joins, gets"
                + $" lanes, is told to end (SIGTERM) and starts again, all the while; it works on its lanes meanwhile and takes the machine its start."
                + $" Rates over {seconds} s from the first event that is applied. Goal: at least 0.3 of what one gets done alone."),
            "",
            "| | thousand events/s | of that alone | in the lane that got least done |",
            "|---|---|---|---|",
            Row("alone", alone),
            Row($"while another came and went, {_moves} times", storm),
        ];

        string Row(string name, (double All, double Least) rate) => string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {rate.All / 1e3:n1} | {rate.All / alone.All:n2} | {rate.Least / 1e3:n1} |");
    }

    private async Task<(double All, double Least)> RateAsync(bool isStorm)
    {
        var site = await ground.SiteAsync(new(Engine.TwoRules, SitePlan.Default));
        Feed(site);
        using var one = Instance.Start(site, "one");
        for (var waited = Stopwatch.StartNew(); (await site.AppliedAsync()).Sum() == 0; await Task.Delay(5))
            if (waited.Elapsed > _patience) throw new TimeoutException($"Nothing is applied in {_patience.TotalMinutes} minutes.\n{one.Log}");
        using var over = new CancellationTokenSource();
        var began = Stopwatch.StartNew();
        var coming = isStorm ? ComeAndGoAsync(site, over.Token) : Task.CompletedTask;
        try
        {
            while (began.Elapsed.TotalSeconds < seconds) await Task.Delay(10);
            var applied = await site.AppliedAsync();
            // A lane that has nothing left to do says nothing about what is got done.
            if (applied.Max() >= events / Ground.Lanes) throw new InvalidOperationException($"A lane was done in {seconds} s: more storm-events.");
            return (applied.Sum() / began.Elapsed.TotalSeconds, applied.Min() / began.Elapsed.TotalSeconds);
        }
        finally
        {
            await over.CancelAsync();
            await coming;
        }
    }

    private async Task ComeAndGoAsync(Site site, CancellationToken over)
    {
        while (!over.IsCancellationRequested)
        {
            using var two = Instance.Start(site, "two");
            while (!over.IsCancellationRequested && (await two.LanesAsync()).Count == 0) await Task.Delay(20, CancellationToken.None);
            await two.EndAsync();
            if (!over.IsCancellationRequested) _moves++;
        }
    }

    private void Feed(Site site)
    {
        using var feeder = new Feeder(site, lingerMilliseconds: 50);
        var first = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - events;
        for (var i = 0; i < events; i++)
        {
            var (lane, line) = OpenLoad.Event(i, users, first + i, due: null);
            feeder.Feed(lane, line, first + i);
        }
        feeder.Flush();
    }
}
