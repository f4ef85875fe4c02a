using System.Diagnostics;
using System.Globalization;
using System.Text;
using StackExchange.Redis;
using StreamEngage.Benchmarks.TwoRules;
using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>End to end on input that is there already, the limit loops and the engine in turns, best against best.</summary>
internal sealed class Throughput(Ground ground, int users, int events, int rounds)
{
    private const int Seed = 20_260_101;

    private static readonly (string Name, SitePlan Plan)[] _engines =
    [
        ("engine, settings and policy by default (batch 200, dedup 24h, lateness 10m)", Plan(200, "")),
        ("engine, batch 512, policy as bare as the limit's (dedup 0s, lateness 0s)", Plan(512, Engine.BarePolicy)),
        ("engine, by default but publish_interval 75ms, as with transactions", Plan(200, "", TimeSpan.FromMilliseconds(75))),
    ];

    private static readonly string[] _shortNames = ["engine, default", "engine, bare", "engine, 75 ms"];

    private readonly List<double>[] _rates = [.. Enumerable.Range(0, 2 + _engines.Length).Select(_ => new List<double>())];
    private readonly string[] _uses = new string[2 + _engines.Length];
    private readonly List<(long Count, ulong Checksum)> _prompts = [];

    /// <summary>Events a second of the engine as it is by default: what the other parts load it by.</summary>
    public double Capacity => _rates[2].Max();

    /// <summary>The input that all share, made on the way to the first round.</summary>
    public async Task<IReadOnlyList<string>> RunAsync()
    {
        var tape = new ClickTape(users, events, Seed);
        var first = await ground.SiteAsync(_engines[1].Plan);
        long[] ends;
        using (var feeder = new Feeder(first, lingerMilliseconds: 50)) ends = Clicks.Feed(tape, feeder);
        if (!first.IsWhole(first.Input)) throw new InvalidOperationException("The mock cluster has dropped some of the input: ask for fewer events.");
        RedisKey[] keys = [.. tape.Names.Select(name => (RedisKey)Encoding.UTF8.GetBytes($"limit:{name}"))];
        for (var round = 0; round < rounds; round++)
        {
            foreach (var withRules in (bool[])[false, true]) await LimitAsync(first.Input, ends, keys, withRules);
            for (var i = 0; i < _engines.Length; i++) await EngineAsync(first.Input, ends, i);
        }
        if (_prompts.Distinct().Count() != 1) throw new InvalidOperationException($"Different prompts were made: {string.Join(", ", _prompts)}.");
        return Table(tape, ends.Sum());
    }

    private async Task LimitAsync(string input, long[] ends, RedisKey[] keys, bool withRules)
    {
        var site = await ground.SiteAsync(_engines[1].Plan with { Input = input });
        var loop = new LimitLoop(site, keys, withRules);
        var before = await CpuUse.NowAsync(ground.Redis);
        var took = await loop.RunAsync(ends.Sum());
        var use = (await CpuUse.NowAsync(ground.Redis)).Since(before, withRules ? "limit with rules" : "raw limit", ends.Sum());
        if (withRules) _prompts.Add(loop.Prompts);
        Note(withRules ? 1 : 0, ends.Sum() / took.TotalSeconds, use);
    }

    /// <summary>From the first step that is in Redis to the last one there and the last prompt published.</summary>
    private async Task EngineAsync(string input, long[] ends, int which)
    {
        var site = await ground.SiteAsync(_engines[which].Plan with { Input = input });
        await using var engine = site.Start();
        long already;
        while ((already = (await site.AppliedAsync()).Sum()) == 0) await Task.Delay(2);
        var (before, began) = (await CpuUse.NowAsync(ground.Redis), Stopwatch.GetTimestamp());
        while ((await site.AppliedAsync()).Sum() < ends.Sum())
        {
            engine.MustBeWell();
            await Task.Delay(10);
        }
        while (site.Ends(site.Prompts).Sum() < _prompts[0].Count) await Task.Delay(5);
        var took = Stopwatch.GetElapsedTime(began);
        var use = (await CpuUse.NowAsync(ground.Redis)).Since(before, _shortNames[which], ends.Sum() - already);
        _prompts.Add(PublishedPrompts.Of(site));
        Note(2 + which, (ends.Sum() - already) / took.TotalSeconds, use);
    }

    private void Note(int which, double rate, string use)
    {
        _rates[which].Add(rate);
        // Of the best round.
        if (rate >= _rates[which].Max()) _uses[which] = use;
        Console.Error.WriteLine(FormattableString.Invariant($"contender {which}: {rate:n0} events/s"));
    }

    private static SitePlan Plan(int batch, string policy, TimeSpan? publish = null) =>
        new(Engine.TwoRules, SitePlan.Default with { BatchSize = batch, Time = ClockSource.Records, PublishInterval = publish }) { Policy = policy };

    private List<string> Table(ClickTape tape, long count)
    {
        string[] names = ["limit loop: consume, decode, MGET, a trivial change, MSET of 512", "limit loop with the two rules by hand, prompts published",
            .. _engines.Select(engine => engine.Name)];
        var (raw, limit) = (_rates[0].Max(), _rates[1].Max());
        return
        [
            string.Create(CultureInfo.InvariantCulture,
                $"{count:n0} JSON events of {tape.ActiveUsers:n0} users in {Ground.Lanes} lanes, produced ahead (lz4, all of it kept by the mock),"
                + $" {rounds} interleaved rounds, {_prompts[0].Count:n0} prompts, equal by count and checksum ({_prompts[0].Checksum:x})."),
            "",
            "| contender | thousand events/s, best (median) | of the raw limit | of the limit with rules |",
            "|---|---|---|---|",
            .. names.Select((name, i) => string.Create(CultureInfo.InvariantCulture,
                $"| {name} | {_rates[i].Max() / 1e3:n1} ({Figures.Median(_rates[i]) / 1e3:n1}) | {_rates[i].Max() / raw:n2} | {_rates[i].Max() / limit:n2} |")),
            "",
            string.Create(CultureInfo.InvariantCulture,
                $"Goal: at least 0.6 of the limit loop. By default {Verdict(_rates[2].Max() / raw)}, as bare as the limit {Verdict(_rates[3].Max() / raw)}."),
            "",
            CpuUse.Header,
            "|---|---|---|---|---|---|---|---|---|",
            .. _uses,
            "",
            "Of the best rounds. What another process takes of the machine is not in it. GC pauses are part of the process' time, on the thread",
            "that allocated last.",
        ];
    }

    private static string Verdict(double ratio) => FormattableString.Invariant($"{ratio:n2}: {(ratio >= 0.6 ? "reached" : "missed")}");
}
