using StreamEngage.Benchmarks.Shop;
using StreamEngage.Benchmarks.TwoRules;

namespace StreamEngage.Benchmarks;

/// <summary>The tables under <c>benchmarks/results</c>.</summary>
internal static class FullRun
{
    private const string Command = "dotnet run -c Release --project benchmarks/StreamEngage.Benchmarks -- ";

    public static int Run()
    {
        Write("two-rules.md", "Two rules, in memory, one thread", "--two-rules 3000000 5", Race.Run(100_000, 3_000_000, 5).Table());
        Write("sample-rulebook.md", "The shop rulebook on generated traffic", "--sample 1000000 5", SampleRulebook.Speed(100_000, 1_000_000, 5));
        Write("growth.md", "Cost of an event by number of users", "--growth 2000000 3", SampleRulebook.Growth(2_000_000, 3, 10_000, 100_000, 1_000_000));
        var (bytes, events) = SampleRulebook.AllocatedWithoutCandidate(ShopRulebook.Compile(), users: 10_000, events: 500_000, passes: 4);
        var allocation = $"{bytes:N0} bytes over {events:N0} events, decode included, in the fourth pass.";
        Write("allocation.md", "Allocation of events without a candidate", "--full", [allocation]);
        return 0;
    }

    private static void Write(string file, string title, string options, IEnumerable<string> table)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Figures.RepositoryRoot, "benchmarks", "results")).FullName;
        string[] lines = [$"# {title}", "", .. Figures.Circumstances(Command + options), .. table];
        File.WriteAllLines(Path.Combine(folder, file), lines);
        foreach (var line in lines) Console.WriteLine(line);
    }
}
