using BenchmarkDotNet.Attributes;
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

    [GlobalSetup]
    public void Setup()
    {
        _none = Run("", "{event: view, where: event.price < 0}", "");
        _cooldown = Run("", "{event: view}", ", reentry: cooldown, cooldown: 3650d");
        _consent = Run("consent: {default: denied}", "{event: view}", "");
        _cap = Run("caps: [{limit: 0, per: 1d}]", "{event: view}", "");
        _sent = Run("", "{event: view}", "");
        _sentThroughAll = Run(Policy, "{event: view}", ", holdout: 0.0001, reentry: cooldown, cooldown: 1ms");
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

    private ShopRun Run(string policy, string on, string decide) => new(Rules.Compile(new()
    {
        ["policy.yaml"] = policy.Length > 0 ? policy : "time_zone: UTC",
        ["trigger.yaml"] = $$"""
            trigger: looked
            on: {{on}}
            decide: {channels: [push, email]{{decide}}}
            """,
    }), _views);
}
