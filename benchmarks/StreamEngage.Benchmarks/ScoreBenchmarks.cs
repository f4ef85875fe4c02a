using System.Diagnostics;
using System.Globalization;
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

    /// <summary>The same without BenchmarkDotNet: the best of many short slices, which a busy machine blurs less, and what the processor counted.</summary>
    public static IEnumerable<string> Table(int slices)
    {
        var scores = new ScoreBenchmarks();
        scores.Setup();
        (string Name, Func<double> Score)[] rows =
        [
            ("one by one, with Math.Exp", scores.OneByOne), ("linear", scores.Identity), ("linear, logistic", scores.Logistic),
            ("its 20 features are windows of 100 entries", () => scores.WithTwentyWindows().Number),
        ];
        yield return $"A score of {Features} features; the best of {slices} slices a row, taken in turns.";
        yield return "";
        yield return "| | ns | instructions | bytes allocated |";
        yield return "|---|---|---|---|";
        var best = new (double Nanoseconds, double Instructions, long Bytes)[rows.Length];
        Array.Fill(best, (double.MaxValue, double.MaxValue, long.MaxValue));
        for (var slice = 0; slice < slices; slice++)
            for (var row = 0; row < rows.Length; row++) best[row] = Better(best[row], Slice(rows[row].Score));
        foreach (var ((name, _), (nanoseconds, instructions, bytes)) in rows.Zip(best))
            yield return string.Create(CultureInfo.InvariantCulture, $"| {name} | {nanoseconds:N1} | {instructions:N0} | {bytes} |");
    }

    private static (double, double, long) Better((double Time, double Instructions, long Bytes) a, (double Time, double Instructions, long Bytes) b) =>
        (Math.Min(a.Time, b.Time), Math.Min(a.Instructions, b.Instructions), Math.Min(a.Bytes, b.Bytes));

    private static (double Nanoseconds, double Instructions, long Bytes) Slice(Func<double> score)
    {
        const int Calls = 20_000;
        var (sum, allocated, counted, began) = (0.0, GC.GetAllocatedBytesForCurrentThread(), HardwareCounters.Shared.Read(), Stopwatch.GetTimestamp());
        for (var call = 0; call < Calls; call++) sum += score();
        var took = Stopwatch.GetElapsedTime(began);
        var instructions = (HardwareCounters.Shared.Read() - counted).Instructions;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        if (double.IsNaN(sum)) throw new InvalidOperationException("No number came out.");
        return (took.TotalNanoseconds / Calls, (double)instructions / Calls, allocated);
    }

    private Scorer ScorerOf(ModelLink link) => new LinearModel(new(default, "m")
    {
        Link = link,
        Bias = -0.5,
        Features = [.. _weights.Select((weight, i) => new ModelFeature($"f{i}", null!, weight, 0))],
    }).Score;
}
