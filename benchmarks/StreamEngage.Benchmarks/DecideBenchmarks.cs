using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using StreamEngage.Benchmarks.Shop;

namespace StreamEngage.Benchmarks;

/// <summary>
/// What a candidate costs by the gate at which it ends: each event makes one, decode included; the baseline is the same events without a candidate.
/// </summary>
[MemoryDiagnoser]
public class DecideBenchmarks
{
    // A purpose, two caps, quiet hours and a holdout: every gate has something to ask.
    private const string Policy = """
        time_zone: Europe/Berlin
        global_holdout: 0.0001
        caps: [{limit: 1000, per: 1d}, {limit: 1000, per: day, channel: push}]
        quiet_hours: {from: "21:00", to: "08:00", channels: [email]}
        """;

    private readonly ShopTraffic _views = ShopTraffic.Views(users: 1_000, events: 51_200);
    private ShopRun _none = null!;
    private ShopRun _cooldown = null!;
    private ShopRun _consent = null!;
    private ShopRun _cap = null!;
    private ShopRun _sent = null!;
    private ShopRun _sentThroughAll = null!;
    private ShopRun _ghost = null!;
    private ShopRun _held = null!;
    private ShopRun _asked = null!;
    private ShopRun _lost = null!;
    private ShopRun _bandit = null!;

    /// <summary>These benchmarks alone; <paramref name="isDry"/>: each once, which says that they run and nothing of time.</summary>
    /// <returns>0, or 1 when one did not run.</returns>
    public static int RunAlone(bool isDry)
    {
        var job = (isDry ? Job.Dry : Job.ShortRun).WithToolchain(InProcessEmitToolchain.Instance);
        var reports = BenchmarkRunner.Run<DecideBenchmarks>(DefaultConfig.Instance.AddJob(job).WithOptions(ConfigOptions.DisableLogFile)).Reports;
        return reports.Length > 0 && reports.All(report => report.Success) ? 0 : 1;
    }

    [GlobalSetup]
    public void Setup()
    {
        _none = Run("", "{event: view, where: event.price < 0}", "");
        _cooldown = Run("", "{event: view}", ", reentry: cooldown, cooldown: 3650d");
        _consent = Run("consent: {default: denied}", "{event: view}", "");
        _cap = Run("caps: [{limit: 0, per: 1d}]", "{event: view}", "");
        _sent = Run("", "{event: view}", "");
        _sentThroughAll = Run(Policy, "{event: view}", ", holdout: 0.0001, reentry: cooldown, cooldown: 1ms");
        _ghost = Run("", "{event: view}", ", holdout: 1");
        // The traffic begins at midnight and is over before one: all of a pass is held, and sent before the next.
        _held = Run("quiet_hours: {from: \"00:00\", to: \"06:00\"}", "{event: view}", "");
        _asked = Run("", "{event: view}", ", approval: {within: 10s, default: reject}");
        _lost = Run("", "{event: view}", "", "trigger: stronger\non: {event: view}\ndecide: {channels: [push], priority: 90}\n");
        _bandit = Run("", "{event: view}", ", variants: {bandit: thompson, arms: [plain, urgent, calm]}", goal: "goal: {event: cart_add, within: 1h}");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Limits.BatchEventsMax)]
    public int NoCandidate() => _none.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int EndsAtCooldown() => _cooldown.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int EndsAtConsent() => _consent.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int EndsAtCap() => _cap.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int IsSent() => _sent.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int IsSentThroughAllGates() => _sentThroughAll.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int IsAGhost() => _ghost.Step();

    /// <summary>The release at the end of the quiet is in it.</summary>
    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int IsHeldForQuietHoursAndSent() => _held.Step();

    /// <summary>Nobody answers: the end is in it.</summary>
    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int AsksAPersonInVain() => _asked.Step();

    /// <summary>Two candidates an event: to be compared with <see cref="IsSent"/>.</summary>
    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int LosesArbitrationToOneThatIsSent() => _lost.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int IsSentAsABanditChooses() => _bandit.Step();

    /// <param name="policy">The policy; empty: the defaults.</param>
    /// <param name="on">What makes a candidate.</param>
    /// <param name="decide">More of the <c>decide</c> block, from its comma on.</param>
    /// <param name="other">Another trigger; empty: there is none.</param>
    /// <param name="goal">What success is.</param>
    private ShopRun Run(string policy, string on, string decide, string other = "", string goal = "")
    {
        var files = new Dictionary<string, string>
        {
            ["policy.yaml"] = policy.Length > 0 ? policy : "time_zone: UTC",
            ["trigger.yaml"] = $$"""
                trigger: looked
                on: {{on}}
                decide: {channels: [push, email]{{decide}}}
                {{goal}}
                """,
        };
        if (other.Length > 0) files["other.yaml"] = other;
        return new(Rules.Compile(files), _views);
    }
}
