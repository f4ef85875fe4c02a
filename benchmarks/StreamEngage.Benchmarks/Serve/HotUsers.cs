using System.Globalization;
using System.Text;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>How late prompts of other users of a lane are while one user sends as much as all others together.</summary>
internal sealed class HotUsers(Ground ground, int users, int seconds)
{
    // Long enough for the hot user's burst to be used up: what is measured is a user who does not stop.
    private const int WarmUpSeconds = 8;
    private const int ProbeEvery = 20;
    private const int Rounds = 2;

    private static readonly int _lane = Site.LaneOf(Encoding.UTF8.GetBytes(OpenLoad.HotUser));

    private static readonly (string Name, double Share, EngineSettings Settings)[] _ways =
    [
        ("nobody", 0, SitePlan.Default),
        ("one at 50 %, engine.user_rate by default", 1, SitePlan.Default),
        ("one at 50 %, no bound", 1, SitePlan.Default with { UserRate = new() { EventsPerSecond = 0 } }),
    ];

    /// <param name="rate">Events a second of the others, over all lanes.</param>
    public async Task<IReadOnlyList<string>> RunAsync(double rate)
    {
        var best = new Delays?[_ways.Length];
        for (var i = 0; i < Rounds * _ways.Length; i++)
        {
            var way = i % _ways.Length;
            var delays = await WayAsync(rate, _ways[way].Share, _ways[way].Settings);
            if (best[way] is not { } known || delays.At(0.99) < known.At(0.99)) best[way] = delays;
        }
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{rate:n0} events/s of {users:n0} users in {Ground.Lanes} lanes, open loop over {seconds} s after {WarmUpSeconds} s; each"
                + $" {ProbeEvery}th a probe. One user sends as many again, all into one lane. Probes of the other users of that lane; the better of"
                + $" {Rounds} rounds in turns. Goal: p99 at most twice that beside nobody."),
            "",
            "| hot user | probes | p50 ms | p99 | max | p99 to that beside nobody |",
            "|---|---|---|---|---|---|",
            .. _ways.Select((way, i) => FormattableString.Invariant(
                $"| {way.Name} | {best[i]!.Count:n0} | {best[i]} | {best[i]!.At(0.99) / best[0]!.At(0.99):n2} |")),
        ];
    }

    private async Task<Delays> WayAsync(double rate, double share, EngineSettings settings)
    {
        var site = await ground.SiteAsync(Latency.Plan(settings));
        using var load = new OpenLoad(site, new(rate, users, ProbeEvery) { HotRate = rate * share });
        await using var watch = new ProbeWatch(site, site.Prompts, () => load.Now, _lane);
        await using var engine = site.Start();
        load.Start();
        var (from, to) = (WarmUpSeconds * 1_000.0, (WarmUpSeconds + seconds) * 1_000.0);
        await Task.Delay(TimeSpan.FromMilliseconds(to + 3_000));
        load.Stop();
        engine.MustBeWell();
        var delays = watch.Between(from, to);
        if (delays.Count == 0) throw new InvalidOperationException("No probe of the lane came back in time.");
        Console.Error.WriteLine(FormattableString.Invariant($"hot {rate * share:n0}/s: {delays.Count} | {delays}"));
        return delays;
    }
}
