using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks;

/// <summary>The tables under <c>benchmarks/results</c>.</summary>
internal static class FullRun
{
    private const string Command = "dotnet run -c Release --project benchmarks/StreamEngage.Benchmarks -- ";

    public static int Run()
    {
        Write("two-rules.md", "Two rules, in memory, one thread", "--two-rules 2000000 3");
        Write("sample-rulebook.md", "The shop rulebook on generated traffic", "--sample 10000 150000 8");
        Write("growth.md", "Cost of an event by number of users", "--growth 500000 2");
        Write("allocation.md", "Allocation of events without a candidate", "--allocation");
        return 0;
    }

    public static IEnumerable<string> Allocation() =>
    [
        Allocated("two rules, windows and deadlines", SampleRulebook.AllocatedWithoutCandidate(Rules.Compile(Engine.TwoRules), 200, 500_000, 4)),
        Allocated("rulebooks/shop, with sessions, profiles and patterns by item",
            SampleRulebook.AllocatedWithoutCandidate(ShopRulebook.Compile(), 10_000, 500_000, 20)),
    ];

    private static string Allocated(string what, (long Bytes, long Events)[] passes) =>
        $"- {what}, bytes of each pass over {passes[^1].Events:N0} such events, decode included: "
            + string.Join(", ", passes.Select(pass => $"{pass.Bytes:N0}"));

    private static void Write(string file, string title, string options)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Figures.RepositoryRoot, "benchmarks", "results")).FullName;
        string[] lines = [$"# {title}", "", .. Figures.Circumstances(Command + options), .. FreshProcess.Run(options)];
        File.WriteAllLines(Path.Combine(folder, file), lines);
    }
}
