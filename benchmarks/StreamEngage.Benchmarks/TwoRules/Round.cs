using System.Diagnostics;

namespace StreamEngage.Benchmarks.TwoRules;

/// <summary>One contender over the whole tape, once.</summary>
internal sealed record Round(string Name, double EventsPerSecond, double BytesAllocatedAnEvent, double BytesAUser, long Prompts, ulong Checksum)
{
    public Counted Counted { get; private init; }

    public static Round Of(Func<Contender> make, ClickTape tape)
    {
        var settled = Settled();
        var contender = make();
        var (ticks, allocated) = (0L, 0L);
        var counters = HardwareCounters.Shared;
        var counted = default(Counted);
        for (var from = 0; from < tape.Count; from += Limits.BatchEventsMax)
        {
            var to = Math.Min(tape.Count, from + Limits.BatchEventsMax);
            contender.Prepare(from, to);
            var bytes = GC.GetAllocatedBytesForCurrentThread();
            var before = counters.Read();
            var started = Stopwatch.GetTimestamp();
            contender.Process(from, to);
            ticks += Stopwatch.GetTimestamp() - started;
            counted += counters.Read() - before;
            allocated += GC.GetAllocatedBytesForCurrentThread() - bytes;
            contender.Collect();
        }
        var kept = Settled() - settled;
        (contender as IDisposable)?.Dispose();
        GC.KeepAlive(contender);
        return new(contender.Name, tape.Count * (double)Stopwatch.Frequency / ticks, (double)allocated / tape.Count, (double)kept / tape.ActiveUsers,
            contender.Prompts, contender.Checksum)
        {
            Counted = counted,
        };
    }

    private static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
