using BenchmarkDotNet.Attributes;
using StreamEngage.Benchmarks.Shop;

namespace StreamEngage.Benchmarks;

/// <summary>Shop traffic, decode to decision, through patterns; the baseline is the same traffic without one.</summary>
[MemoryDiagnoser]
public class PatternBenchmarks
{
    private readonly ShopTraffic _traffic = new(users: 1_000, events: 51_200);
    private ShopRun _none = null!;
    private ShopRun _times = null!;
    private ShopRun _steps = null!;

    [GlobalSetup]
    public void Setup()
    {
        _none = Run("{event: never}");
        _times = Run("{pattern: [{event: view, as: seen, times: 3}], within: 10m}");
        _steps = Run("{pattern: [{event: search}, {event: view}, {not: purchase}, {event: cart_add}], within: 30m}");
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Limits.BatchEventsMax)]
    public int WithoutPattern() => _none.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int ThreeTimes() => _times.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int ThreeStepsAndANot() => _steps.Step();

    private ShopRun Run(string on) => new(Rules.Compile(new()
    {
        ["trigger.yaml"] = $"""
            trigger: pattern
            on: {on}
            decide: {"{channels: [push], cooldown: 1d, reentry: cooldown}"}
            """,
    }), _traffic);
}
