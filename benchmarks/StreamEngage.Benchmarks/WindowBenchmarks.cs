using BenchmarkDotNet.Attributes;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Benchmarks;

/// <summary>A ten-minute window counted by key, with an event every four seconds; the baseline is a queue of times without keys.</summary>
[MemoryDiagnoser]
public class WindowBenchmarks
{
    private const long Span = 600_000, Gap = 4_000;

    private readonly WindowSlot _slot = new()
    {
        Index = 0, Identity = 1, Content = WindowContent.Times, IsKeyed = true, IsDaily = false,
        RetentionMilliseconds = Span, EntriesNeeded = Limits.WindowEntriesMax,
    };

    private readonly Queue<long> _queue = new();
    private WindowCell _cell;
    private long _at = 1_767_225_600_000;

    [GlobalSetup]
    public void Setup()
    {
        _cell = new(_slot);
        for (var i = 0; i < 1_000; i++)
        {
            Update();
            Queue();
        }
    }

    [Benchmark(Baseline = true)]
    public int Queue()
    {
        _at += Gap;
        _queue.Enqueue(_at);
        while (_queue.Peek() <= _at - Span) _queue.Dequeue();
        return _queue.Count;
    }

    [Benchmark]
    public int Update()
    {
        _at += Gap;
        _cell.Add(_slot, new(_at, 0, (ulong)_at % 5, Value.Null), new(_at, 0));
        return _cell.Count;
    }

    [Benchmark]
    public int Read()
    {
        var count = 0;
        for (var entry = _cell.After(_at - Span, _slot.Stride); entry < _cell.Count; entry++)
            if (_cell.KeyOf(entry, _slot) == 3) count += _cell.WeightOf(entry, _slot.Stride);
        return count;
    }
}
