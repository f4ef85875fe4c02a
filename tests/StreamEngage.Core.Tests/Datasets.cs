namespace StreamEngage;

/// <summary>Finds what lies outside the sources: the repository's own root, and the data sets beside it.</summary>
internal static class Datasets
{
    private const string Variable = "STREAMENGAGE_DATASETS";
    private const string ExamplesPrefix = "examples/";

    /// <summary>The folder that holds StreamEngage.sln.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    private static string Folder { get; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named
            ? Path.GetFullPath(named)
            : Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "datasets"));

    /// <summary>Absolute path of a data set (<c>cdnow</c>), a file in one, or an example (<c>examples/01</c>). It may be missing.</summary>
    public static string PathOf(string name) =>
        name.StartsWith(ExamplesPrefix, StringComparison.Ordinal)
            ? Path.GetFullPath(Path.Combine(Folder, "..", name))
            : Path.Combine(Folder, name);

    /// <summary>Why a test that needs these cannot run here, or null when all are present.</summary>
    public static string? WhyMissing(params string[] names)
    {
        var missing = names.Where(name => !Path.Exists(PathOf(name))).ToList();
        return missing.Count == 0 ? null : $"missing data set {string.Join(", ", missing)} (looked in ${Variable}, default ../shared/datasets)";
    }

    private static string FindRepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "StreamEngage.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"No folder above {AppContext.BaseDirectory} holds StreamEngage.sln.");
    }
}

/// <summary>A fact that is reported as skipped, by name and with the reason, where a data set it needs is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatasetFactAttribute : FactAttribute
{
    public DatasetFactAttribute(params string[] datasets) => Skip = Datasets.WhyMissing(datasets);
}

/// <summary>A theory that is reported as skipped, by name and with the reason, where a data set it needs is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatasetTheoryAttribute : TheoryAttribute
{
    public DatasetTheoryAttribute(params string[] datasets) => Skip = Datasets.WhyMissing(datasets);
}
