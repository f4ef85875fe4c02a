using System.Diagnostics;
using System.Globalization;
using StreamEngage.Kafka;
using Xunit.Abstractions;

namespace StreamEngage.Processes;

/// <summary>No broker answers for a minute while people click: the process does not grow, and goes on when one is back.</summary>
[Collection(ProcessesAlone.Name)]
public sealed class BrokersAwayTests(ITestOutputHelper output)
{
    private const int Seed = 61, Broker = 1;
    private const long GrowthBytesMax = 64L << 20;

    // Long enough for the process to have what it needs anyway: compiled methods, pools, a collection or two.
    private static readonly TimeSpan _warmUp = TimeSpan.FromSeconds(20), _away = TimeSpan.FromSeconds(60);

    // Five seconds are promised; a machine with too much to do takes longer.
    private static readonly TimeSpan _resumeMax = TimeSpan.FromSeconds(20);

    [ProcessFact]
    public async Task AllBrokersAwayForAMinute_TheProcessGrowsByNoMoreThan64MiB_AndNothingIsLost()
    {
        await using var run = await FaultRun.StartAsync(ClusterKind.Mock, Seed, FaultRun.LongSession, "one");
        var instance = run.Deployment.Instances["one"];
        var before = await HighestAsync(instance, _warmUp);
        run.Deployment.Cluster.Mock!.Down(Broker);
        var during = await HighestAsync(instance, _away);
        Assert.True(instance.IsRunning, instance.Log);
        Assert.NotNull(await instance.LookAsync());
        run.Deployment.Cluster.Mock.Up(Broker);
        var resumed = Stopwatch.StartNew();
        await run.SomebodyWorksAsync();
        output.WriteLine($"resident {before >> 20} MiB before, {during >> 20} MiB at most while no broker answered; "
            + $"running again after {resumed.Elapsed.TotalSeconds:0.0} s");
        Assert.True(resumed.Elapsed < _resumeMax, $"running again after {resumed.Elapsed}\n{instance.Log}");
        await run.ReckonAsync(output);
        Assert.True(during - before <= GrowthBytesMax, $"resident memory grew from {before} to {during} bytes\n{instance.Log}");
    }

    /// <summary>The most memory that a process has within a time, in bytes.</summary>
    private static async Task<long> HighestAsync(ServedProcess instance, TimeSpan time)
    {
        var highest = 0L;
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < time; await Task.Delay(200)) highest = Math.Max(highest, Resident(instance.Id));
        return highest;
    }

    private static long Resident(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) << 10;
    }
}
