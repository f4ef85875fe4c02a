using BenchmarkDotNet.Attributes;
using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks;

/// <summary>Shop traffic, decode to decision: no rule that concerns it (the baseline), the two rules, the sample rulebook.</summary>
[MemoryDiagnoser]
public class PipelineBenchmarks
{
    private readonly ShopTraffic _traffic = new(users: 5_000, events: 102_400);
    private ShopRun _none = null!;
    private ShopRun _two = null!;
    private ShopRun _sample = null!;

    [GlobalSetup]
    public void Setup()
    {
        _none = new(Rules.Compile(new()
        {
            ["none.yaml"] = """
                trigger: none
                on: {event: never}
                decide: {channels: [push]}
                """,
        }), _traffic);
        _two = new(Rules.Compile(Engine.TwoRules), _traffic);
        _sample = new(ShopRulebook.Compile(), _traffic);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = Limits.BatchEventsMax)]
    public int NoRule() => _none.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int TwoRules() => _two.Step();

    [Benchmark(OperationsPerInvoke = Limits.BatchEventsMax)]
    public int SampleRulebook() => _sample.Step();
}
