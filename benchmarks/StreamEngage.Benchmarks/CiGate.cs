using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks;

/// <summary>Every benchmark once, no memory taken by events without a candidate, and ratios of one run with slack; no absolute time.</summary>
internal static class CiGate
{
    private const double Slack = 0.7;
    private const double ShopBytesAnEvent = 1;
    private const double OfLimit = 0.4, OfReactive = 8, CostOfForeignTriggers = 1.05;

    public static int Run()
    {
        var failures = new List<string>();
        DryRun(failures);
        var race = Race.Run(users: 40_000, events: 600_000, rounds: 5);
        foreach (var line in race.Table()) Console.WriteLine(line);
        AtLeast("engine / limit", race.OfLimit, OfLimit * Slack, failures);
        AtLeast("engine / System.Reactive", race.OfReactive, OfReactive * Slack, failures);
        foreach (var line in SampleRulebook.Speed(users: 10_000, events: 150_000, rounds: 3)) Console.WriteLine(line);
        AtLeast("1 / cost of foreign triggers", 1 / SampleRulebook.CostOfForeignTriggers, Slack / CostOfForeignTriggers, failures);
        CheckAllocation(failures);
        foreach (var failure in failures) Console.WriteLine($"FAILED: {failure}");
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>
    /// Windows, deadlines and the ledger of ids take no memory once warm: 0 B, without slack. The sample rulebook also captures texts, for which a pooled
    /// object now and then has too little room still: less than a byte an event.
    /// </summary>
    private static void CheckAllocation(List<string> failures)
    {
        var (bytes, events) = SampleRulebook.AllocatedWithoutCandidate(Rules.Compile(Engine.TwoRules), users: 200, events: 50_000, passes: 4)[^1];
        Console.WriteLine($"two rules: {bytes:N0} bytes allocated by {events:N0} events without a candidate");
        if (bytes != 0) failures.Add($"events without a candidate allocated {bytes:N0} bytes under the two rules, must be 0");
        var (shopBytes, shopEvents) = SampleRulebook.AllocatedWithoutCandidate(ShopRulebook.Compile(), users: 1_000, events: 50_000, passes: 8)[^1];
        var each = shopBytes / (double)shopEvents;
        Console.WriteLine($"shop: {each:N1} bytes allocated by an event without a candidate, at most {ShopBytesAnEvent:N0}");
        if (each > ShopBytesAnEvent) failures.Add($"events without a candidate allocated {each:N1} bytes each under the shop's rulebook");
    }

    private static void DryRun(List<string> failures)
    {
        var job = Job.Dry.WithToolchain(InProcessEmitToolchain.Instance);
        var config = ManualConfig.CreateEmpty().AddJob(job).AddLogger(NullLogger.Instance).WithOptions(ConfigOptions.DisableLogFile);
        var reports = BenchmarkSwitcher.FromAssembly(typeof(CiGate).Assembly).RunAllJoined(config)?.Reports ?? [];
        foreach (var report in reports.Where(report => !report.Success)) failures.Add($"{report.BenchmarkCase.DisplayInfo} did not run");
    }

    private static void AtLeast(string what, double figure, double least, List<string> failures)
    {
        Console.WriteLine($"{what}: {figure:N3}, at least {least:N3}");
        if (!(figure >= least)) failures.Add($"{what} is {figure:N3}, at least {least:N3}");
    }
}
