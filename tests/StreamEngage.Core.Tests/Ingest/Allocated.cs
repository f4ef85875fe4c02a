namespace StreamEngage.Ingest;

// What work allocates on this thread once it is warm: the least of a few passes, because the runtime's own bookkeeping may fall into one,
// and what the work itself allocates is in each.
internal static class Allocated
{
    private const int Passes = 5;

    public static long BytesBy(Action work)
    {
        var least = long.MaxValue;
        for (var pass = 0; pass < Passes && least > 0; pass++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            work();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
