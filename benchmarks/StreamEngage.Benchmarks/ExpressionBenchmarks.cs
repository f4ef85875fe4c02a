using BenchmarkDotNet.Attributes;
using StreamEngage.Detect;
using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Benchmarks;

/// <summary>A condition on three properties, and one that reads a window; the baseline is the first one written in C#.</summary>
[MemoryDiagnoser]
public class ExpressionBenchmarks
{
    private readonly EventBatch _batch = new();
    private readonly UserState _user = new(new Utf8Text("u1"), 1);
    private CompiledRulebook _rulebook = null!;
    private Surroundings _around = null!;
    private CompiledExpression _properties = null!;
    private CompiledExpression _window = null!;
    private int _price;
    private int _category;

    [GlobalSetup]
    public void Setup()
    {
        _rulebook = Rules.Compile(new()
        {
            ["a.yaml"] = """
                trigger: a
                on: {event: view, where: "event.price > 10 and event.price < 100 and event.category = \"shoes\""}
                decide: {channels: [push]}
                """,
            ["b.yaml"] = """
                trigger: b
                on: {event: view, where: "count(view by category) over 10m >= 5"}
                decide: {channels: [push]}
                """,
        });
        var type = _rulebook.Schema.TypeOf("view");
        _around = new(_rulebook.NewCivilTime());
        var conditions = _rulebook.Plans[type].Events.ToDictionary(rule => rule.Trigger.Name, rule => rule.Where!);
        (_properties, _window) = (conditions["a"], conditions["b"]);
        (_price, _category) = (_rulebook.Schema.Slot(type, "price"u8), _rulebook.Schema.Slot(type, "category"u8));
        Fill(type);
    }

    [Benchmark(Baseline = true)]
    public bool WrittenInCSharp()
    {
        ref readonly var e = ref _batch[0];
        var price = e.Properties[_price].Number;
        return price > 10 && price < 100 && e.Properties[_category].Text.Span.SequenceEqual("shoes"u8);
    }

    [Benchmark]
    public bool Properties() => _properties.Holds(new Scope(in _batch[0], _user, _batch[0].At.UnixMilliseconds, _around));

    [Benchmark]
    public bool Window() => _window.Holds(new Scope(in _batch[0], _user, _batch[0].At.UnixMilliseconds, _around));

    private void Fill(int type)
    {
        var (owner, start) = _batch.ReserveValues(_rulebook.Schema.SlotCount(type));
        (owner[start + _price], owner[start + _category]) = (Value.Of(39.9), Value.Of("shoes"));
        var e = new DecodedEvent { Id = new("e1"), User = new("u1"), TypeName = new("view"), Type = type, At = new(1_767_225_600_000) };
        _batch.Add(e, new(owner, start), e.At);
        var slot = _rulebook.Slots.First(window => window.IsKeyed);
        for (var i = 100; i >= 0; i--)
        {
            var key = Value.Of(i % 3 == 0 ? "shoes" : "hats").Identity;
            _user.Windows.Add(slot, new(e.At.UnixMilliseconds - i * 1_000, 0, key, Value.Null), new(e.At.UnixMilliseconds, 0));
        }
    }
}
