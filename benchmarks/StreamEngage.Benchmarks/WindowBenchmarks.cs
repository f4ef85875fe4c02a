using BenchmarkDotNet.Attributes;
using StreamEngage.Events;
using StreamEngage.State;

namespace StreamEngage.Benchmarks;

/// <summary>A ten-minute window counted by key, with an event every four seconds; the baseline is a queue of times without keys.</summary>
[MemoryDiagnoser]
public class WindowBenchmarks
{
    private const long Span = 600_000, Gap = 4_000;

    private readonly WindowSlot _slot = new(WindowContent.Times, isKeyed: true)
    {
        Index = 0, Identity = 1, IsDaily = false,
        RetentionMilliseconds = Span, EntriesNeeded = Limits.WindowEntriesMax,
    };

    private readonly Queue<long> _queue = new();
    private UserWindows _windows;
    private long _at = 1_767_225_600_000;

    [GlobalSetup]
    public void Setup()
    {
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
        return _windows.Add(_slot, new(_at, 0, (ulong)_at % 5, Value.Null), new(_at, 0));
    }

    [Benchmark]
    public int Read()
    {
        var count = 0;
        var run = _windows.Read(_slot);
        for (var entry = run.After(_at - Span); entry < run.Count; entry++)
            if (run.KeyOf(entry) == 3) count += run.WeightOf(entry);
        return count;
    }
}
