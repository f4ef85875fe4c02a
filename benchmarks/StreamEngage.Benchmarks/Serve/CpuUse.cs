using System.Globalization;
using StackExchange.Redis;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>Who used the processors so far: this process by groups of threads, and the redis-server. It does not depend on who else wants them.</summary>
internal sealed record CpuUse(double Process, double Redis, double GcPause, long Allocated, IReadOnlyDictionary<string, (string Group, double Seconds)> Threads)
{
    private const int TicksASecond = 100;

    private static readonly (string Prefix, string Group)[] _groups =
    [
        ("rdk:", Librdkafka), ("kafka-input", Input), (".NET TP Worker", Pool), (".NET Tiered", Compiler),
    ];

    private const string Librdkafka = "librdkafka and the mock", Input = "input thread", Pool = "pool: steps, decoding, Redis replies", Compiler = "JIT";

    public const string Header = "| CPU µs an event | this process | of it " + Pool + " | " + Input + " | " + Librdkafka + " | " + Compiler
        + " | redis-server | GC pauses | bytes allocated an event |";

    /// <summary>Seconds of processor time and bytes, since the process and the server began.</summary>
    public static async Task<CpuUse> NowAsync(ConnectionMultiplexer redis)
    {
        var info = (string)(await redis.GetDatabase().ExecuteAsync("INFO", "cpu"))!;
        var server = info.Split('\n').Where(line => line.Split(':')[0] is "used_cpu_user" or "used_cpu_sys")
            .Sum(line => double.Parse(line.Split(':')[1], CultureInfo.InvariantCulture));
        return new(
            Environment.CpuUsage.TotalTime.TotalSeconds, server, GC.GetTotalPauseDuration().TotalSeconds, GC.GetTotalAllocatedBytes(), LiveThreads());
    }

    public string Since(CpuUse before, string who, long events)
    {
        string Each(double now, double then) => FormattableString.Invariant($"{(now - then) / events * 1e6:n1}");
        string Of(string group) => Each(
            Threads.Where(one => one.Value.Group == group).Sum(one => one.Value.Seconds - before.Threads.GetValueOrDefault(one.Key).Seconds), 0);
        return $"| {who} | {Each(Process, before.Process)} | {Of(Pool)} | {Of(Input)} | {Of(Librdkafka)} | {Of(Compiler)} | {Each(Redis, before.Redis)}"
            + FormattableString.Invariant($" | {Each(GcPause, before.GcPause)} | {(Allocated - before.Allocated) / (double)events:n0} |");
    }

    /// <summary>By their numbers. What threads used that have ended since is only in the process' own sum.</summary>
    private static Dictionary<string, (string Group, double Seconds)> LiveThreads()
    {
        var threads = new Dictionary<string, (string Group, double Seconds)>();
        foreach (var task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                // The name is in brackets and may hold blanks; 12 fields behind it stand the ticks in user mode and in the kernel.
                var stat = File.ReadAllText(Path.Combine(task, "stat"));
                var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
                var fields = stat[(close + 2)..].Split(' ');
                var group = _groups.FirstOrDefault(one => stat.AsSpan(open + 1).StartsWith(one.Prefix)).Group ?? "";
                var ticks = long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
                threads[task] = (group, ticks / (double)TicksASecond);
            }
            catch (IOException)
            {
                // The thread has ended.
            }
        }
        return threads;
    }
}
