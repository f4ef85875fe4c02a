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
        foreach (var part in (string[])["--ci-rules", "--ci-shop"])
        {
            try
            {
                FreshProcess.Run(part);
            }
            catch (InvalidOperationException failed)
            {
                failures.Add(failed.Message);
            }
        }
        return Ended(failures);
    }

    /// <summary>The two rules beside their peers, and what they allocate.</summary>
    public static int RunRules()
    {
        var failures = new List<string>();
        var race = Race.Run(users: 40_000, events: 600_000, rounds: 5);
        foreach (var line in race.Table()) Console.WriteLine(line);
        AtLeast("engine / limit", race.OfLimit, OfLimit * Slack, failures);
        AtLeast("engine / System.Reactive", race.OfReactive, OfReactive * Slack, failures);
        CheckAllocationOfRules(failures);
        return Ended(failures);
    }

    /// <summary>The shop rulebook with and without foreign triggers, and what it allocates.</summary>
    public static int RunShop()
    {
        var failures = new List<string>();
        foreach (var line in SampleRulebook.Speed(users: 10_000, events: 150_000, rounds: 8)) Console.WriteLine(line);
        AtLeast("1 / cost of foreign triggers", 1 / SampleRulebook.CostOfForeignTriggers, Slack / CostOfForeignTriggers, failures);
        CheckAllocationOfShop(failures);
        return Ended(failures);
    }

    private static int Ended(List<string> failures)
    {
        foreach (var failure in failures) Console.WriteLine($"FAILED: {failure}");
        return failures.Count == 0 ? 0 : 1;
    }

    /// <summary>Windows, deadlines and the ledger of ids take no memory once warm: 0 B, without slack.</summary>
    private static void CheckAllocationOfRules(List<string> failures)
    {
        var (bytes, events) = SampleRulebook.AllocatedWithoutCandidate(Rules.Compile(Engine.TwoRules), users: 200, events: 50_000, passes: 4)[^1];
        Console.WriteLine($"two rules: {bytes:N0} bytes allocated by {events:N0} events without a candidate");
        if (bytes != 0) failures.Add($"events without a candidate allocated {bytes:N0} bytes under the two rules, must be 0");
    }

    /// <summary>The sample rulebook also keeps what its triggers know by item and cart, for which a user now and then has too little room still.</summary>
    private static void CheckAllocationOfShop(List<string> failures)
    {
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
