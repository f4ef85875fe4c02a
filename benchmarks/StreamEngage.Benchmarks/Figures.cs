using System.Globalization;

namespace StreamEngage.Benchmarks;

/// <summary>Medians, and the words about machine and commit that stand beside every table.</summary>
internal static class Figures
{
    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static IEnumerable<string> Circumstances(string command) =>
    [
        $"Machine: {Processor()}, {Environment.ProcessorCount} cores; .NET {Environment.Version}. Commit {Commit()}. "
            + string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow:yyyy-MM-dd}."),
        "",
        $"    {command}",
        "",
    ];

    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    private static string Processor() => File.Exists("/proc/cpuinfo")
        ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown"
        : "unknown";

    private static string Commit()
    {
        var head = Path.Combine(RepositoryRoot, ".git", "HEAD");
        if (!File.Exists(head)) return "unknown";
        var text = File.ReadAllText(head).Trim();
        if (!text.StartsWith("ref: ", StringComparison.Ordinal)) return text[..12];
        var reference = Path.Combine(RepositoryRoot, ".git", text[5..]);
        return File.Exists(reference) ? File.ReadAllText(reference)[..12] : text[5..];
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "StreamEngage.sln"))) return folder.FullName;
        return Environment.CurrentDirectory;
    }
}
