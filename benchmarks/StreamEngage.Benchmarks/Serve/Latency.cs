using System.Globalization;
using StreamEngage.Benchmarks.TwoRules;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Kafka;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>From an event's due time to its prompt in the hands of a reader, in an open loop, and over the same way without an engine.</summary>
internal sealed class Latency(Ground ground, int users, int seconds)
{
    // Group, connections and compiled code: none of it is what is measured.
    private const int WarmUpSeconds = 8;
    private const int ProbeEvery = 50;

    private readonly (string Name, TimeSpan? Publish)[] _engines = ground.Delivery == Delivery.ExactlyOnce
        ? [("publish_interval 75ms (default with transactions)", null), ("publish_interval 10ms", TimeSpan.FromMilliseconds(10))]
        : [("publish_interval 5ms (default at least once)", null), ("publish_interval 75ms", TimeSpan.FromMilliseconds(75))];

    private readonly List<string> _rows = [];

    /// <param name="capacity">Events a second of the engine on input that is there already.</param>
    public async Task<IReadOnlyList<string>> RunAsync(double capacity)
    {
        foreach (var share in (double[])[0.5, 0.8])
        {
            var rate = Math.Round(capacity * share);
            var (floor, floorSent) = await FloorAsync(rate);
            Row(share, rate, "pass-through: consume, produce (the floor)", floor, floorSent, null);
            foreach (var (name, publish) in _engines)
            {
                var (delays, sent) = await EngineAsync(rate, publish);
                Row(share, rate, $"engine, {name}", delays, sent, floor);
            }
        }
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"Open loop over {seconds} s after {WarmUpSeconds} s of warming up: {users:n0} users, {Ground.Lanes} lanes, each {ProbeEvery}th event a probe"
                + $" whose trigger sends at once; two rules besides. Rates are shares of {capacity:n0} events/s, the engine's own on input that is"
                + $" there already."),
            "Generator and reader share the machine. Goals of p99 over the floor at half / at 80 %: at_least_once + 5 ms / + 20 ms, with transactions",
            "+ 20 / + 60.",
            "",
            "| events/s | who | probes seen / sent | p50 ms | p99 | max | p50 over the floor | p99 over it |",
            "|---|---|---|---|---|---|---|---|",
            .. _rows,
        ];
    }

    private async Task<(Delays Delays, int Sent)> FloorAsync(double rate)
    {
        var site = await ground.SiteAsync(Plan(SitePlan.Default));
        using var load = new OpenLoad(site, new(rate, users, ProbeEvery));
        await using var watch = new ProbeWatch(site, site.Prompts, () => load.Now);
        using var stop = new CancellationTokenSource();
        var passing = Task.Factory.StartNew(() => Pass(site, stop.Token), TaskCreationOptions.LongRunning);
        var result = await MeasureAsync(load, watch);
        await stop.CancelAsync();
        await passing;
        return result;
    }

    private async Task<(Delays Delays, int Sent)> EngineAsync(double rate, TimeSpan? publish)
    {
        var site = await ground.SiteAsync(Plan(SitePlan.Default with { PublishInterval = publish }));
        using var load = new OpenLoad(site, new(rate, users, ProbeEvery));
        await using var watch = new ProbeWatch(site, site.Prompts, () => load.Now);
        await using var engine = site.Start();
        return await MeasureAsync(load, watch);
    }

    private async Task<(Delays Delays, int Sent)> MeasureAsync(OpenLoad load, ProbeWatch watch)
    {
        load.Start();
        var (from, to) = (WarmUpSeconds * 1_000.0, (WarmUpSeconds + seconds) * 1_000.0);
        await Task.Delay(TimeSpan.FromMilliseconds(to));
        var sent = load.Probes(from, to);
        for (var waited = 0; waited < 50 && watch.Between(from, to).Count < sent; waited++) await Task.Delay(100);
        load.Stop();
        return (watch.Between(from, to), sent);
    }

    private static void Pass(Site site, CancellationToken stop)
    {
        using var reader = site.Reader(site.Input);
        using var onwards = new Feeder(site, 1, site.Prompts);
        while (!stop.IsCancellationRequested)
            if (reader.Consume(20) is { } found && OpenLoad.DueOf(found.Message.Value) is not null)
                onwards.Feed(found.Partition.Value, found.Message.Value, found.Message.Timestamp.UnixTimestampMs);
    }

    /// <summary>A probe sends at once; two rules besides.</summary>
    public static SitePlan Plan(EngineSettings settings) => new(
        new Dictionary<string, string>(Engine.TwoRules)
        {
            ["probe.yaml"] = """
                trigger: probe
                on: {event: probe}
                decide: {channels: [push]}
                prompt: {data: {due: event.due}}
                """,
        },
        settings);

    private void Row(double share, double rate, string who, Delays delays, int sent, Delays? floor)
    {
        var over = floor is null || delays.Count == 0
            ? "|"
            : FormattableString.Invariant($"{delays.At(0.5) - floor.At(0.5):n1} | {delays.At(0.99) - floor.At(0.99):n1}");
        var times = delays.Count > 0 ? $"{delays}" : "||";
        var row = FormattableString.Invariant($"| {rate:n0} ({share:p0}) | {who} | {delays.Count:n0} / {sent:n0} | {times} | {over} |");
        Console.Error.WriteLine(row);
        _rows.Add(row);
    }
}
