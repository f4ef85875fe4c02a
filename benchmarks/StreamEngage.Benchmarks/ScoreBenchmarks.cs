using BenchmarkDotNet.Attributes;
using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.State;

namespace StreamEngage.Benchmarks;

/// <summary>
/// A linear score of 20 features that are read already, and one whose features are windows of a user; the baseline adds them up one by one as one would
/// write it, with the library's exponential.
/// </summary>
[MemoryDiagnoser]
public class ScoreBenchmarks
{
    private const int Features = 20;

    private readonly double[] _features = [.. Enumerable.Range(0, Features).Select(i => i * 0.25)];
    private readonly double[] _weights = [.. Enumerable.Range(0, Features).Select(i => (i - 9.5) * 0.03)];
    private readonly UserState _user = new(new Utf8Text("u1"), 1);
    private Scorer _logistic = null!;
    private Scorer _identity = null!;
    private CompiledExpression _windows = null!;
    private Surroundings _around = null!;

    [GlobalSetup]
    public void Setup()
    {
        (_logistic, _identity) = (ScorerOf(ModelLink.Logistic), ScorerOf(ModelLink.Identity));
        var lines = Enumerable.Range(0, Features).Select(i => $"  f{i}: {{value: 'count(view) over {i + 1}m', weight: 0.1}}\n");
        var rulebook = Rules.Compile(new()
        {
            ["t.yaml"] = "trigger: t\non: {event: view}\ndecide: {score: {model: m, at_least: 0.5}}\n",
            ["models/m.yaml"] = $"model: m\nkind: linear\nfeatures:\n{string.Concat(lines)}",
        });
        (_windows, _around) = (rulebook.Triggers[0].Thresholds[0].Score, new(rulebook.NewCivilTime()));
        for (var i = 0; i < 100; i++)
            foreach (var slot in rulebook.Slots) _user.Windows.Add(slot, new(i * 10_000, 0, 0, Value.Null), new(i * 10_000, 0));
    }

    [Benchmark(Baseline = true)]
    public double OneByOne()
    {
        var sum = -0.5;
        for (var i = 0; i < _features.Length; i++) sum += _features[i] * _weights[i];
        return 1 / (1 + Math.Exp(-sum));
    }

    [Benchmark]
    public double Logistic() => _logistic(_features);

    [Benchmark]
    public double Identity() => _identity(_features);

    [Benchmark]
    public Value WithTwentyWindows() => _windows.Evaluate(new Scope(_user, 1_000_000, _around, captured: null));

    private Scorer ScorerOf(ModelLink link) => new LinearModel(new(default, "m")
    {
        Link = link,
        Bias = -0.5,
        Features = [.. _weights.Select((weight, i) => new ModelFeature($"f{i}", null!, weight, 0))],
    }).Score;
}
