using System.Globalization;
using System.Text;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>Deadlines that pass while nothing comes in: how late their prompts are in the hands of a reader.</summary>
internal sealed class Absences(Ground ground, int count)
{
    private const int WaitSeconds = 20;

    private static readonly Dictionary<string, string> _rules = new()
    {
        ["gone.yaml"] = $$$"""
            trigger: gone
            on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: {{{WaitSeconds}}}s, repeat: restart}}
            decide: {channels: [push]}
            prompt: {data: {due: cart.due}}
            """,
    };

    private static readonly (string Name, TimeSpan? Publish)[] _engines =
    [
        ("5ms (default at least once)", TimeSpan.FromMilliseconds(5)),
        ("75ms (default with transactions)", TimeSpan.FromMilliseconds(75)),
    ];

    private readonly double _base = Wall;

    private static double Wall => (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;

    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var rows = new List<string>();
        foreach (var (name, publish) in _engines) rows.Add(await RowAsync(name, publish));
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{count:n0} carts armed one after another in {Ground.Lanes} lanes, each to fire {WaitSeconds} s later, then silence."
                + $" tick 100ms (the default). Lateness: from the deadline to the prompt in the hands of a reader. Goal: at"
                + $" most 250 ms, never early."),
            "",
            "| publish_interval | fired / armed | earliest ms | p50 | p99 | max | |",
            "|---|---|---|---|---|---|---|",
            .. rows,
        ];
    }

    private async Task<string> RowAsync(string name, TimeSpan? publish)
    {
        var site = await ground.SiteAsync(new(_rules, SitePlan.Default with { PublishInterval = publish }));
        await using var watch = new ProbeWatch(site, site.Prompts, () => Wall - _base);
        await using var engine = site.Start();
        using var feeder = new Feeder(site, lingerMilliseconds: 1);
        await WakeAsync(site, feeder);
        for (var i = 0; i < count; i++)
        {
            await Task.Delay(1);
            Arm(feeder, i);
        }
        feeder.Flush();
        for (var waited = 0; waited < WaitSeconds + 30 && All(watch).Count < count; waited++) await Task.Delay(1_000);
        engine.MustBeWell();
        var all = All(watch);
        if (all.Count == 0) throw new InvalidOperationException("No absence fired.");
        var row = string.Create(CultureInfo.InvariantCulture, $"| {name} | {all.Count:n0} / {count:n0} | {all.Least:n1} | {all} | {Verdict(all)} |");
        Console.Error.WriteLine(row);
        return row;
    }

    private static string Verdict(Delays all) => all.Least < 0 ? "EARLY" : all.Most <= 250 ? "reached" : "missed by the latest";

    private static Delays All(ProbeWatch watch) => watch.Between(double.MinValue, double.MaxValue);

    /// <summary>Every lane is at work before anything is armed.</summary>
    private static async Task WakeAsync(Site site, Feeder feeder)
    {
        for (var lane = 0; lane < Ground.Lanes; lane++)
        {
            var at = (long)Wall;
            feeder.Feed(lane, Encoding.UTF8.GetBytes($$"""{"id":"w{{lane}}","user":"waker","type":"hello","at":{{at}}}"""), at);
        }
        feeder.Flush();
        while ((await site.AppliedAsync()).Any(applied => applied == 0)) await Task.Delay(50);
    }

    private void Arm(Feeder feeder, int i)
    {
        var at = (long)Wall;
        var user = string.Create(CultureInfo.InvariantCulture, $"a{i}");
        var due = at + WaitSeconds * 1_000 - _base;
        var line = string.Create(CultureInfo.InvariantCulture,
            $$$"""{"id":"{{{user}}}","user":"{{{user}}}","type":"cart_add","at":{{{at}}},"props":{"{{{OpenLoad.Due}}}":{{{due:f3}}}}}""");
        feeder.Feed(Site.LaneOf(Encoding.UTF8.GetBytes(user)), Encoding.UTF8.GetBytes(line), at);
    }
}
