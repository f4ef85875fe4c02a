namespace StreamEngage.Host.Tests.Feeds;

/// <summary>A fact about a file outside the repository; skipped by name where the file is not there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class DatasetFactAttribute : FactAttribute
{
    public DatasetFactAttribute(string file)
    {
        if (!File.Exists(Repository.Dataset(file))) Skip = $"data set file {file} is not in STREAMENGAGE_DATASETS";
    }
}

/// <summary>Where the tests find the repository's own files and the data sets beside it.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Map(string name) => Path.Combine(Root, "maps", name);

    public static string Dataset(string file) => Path.Combine(
        Environment.GetEnvironmentVariable("STREAMENGAGE_DATASETS") ?? Path.Combine(Root, "..", "shared", "datasets"), file);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "StreamEngage.sln"))) return folder.FullName;
        throw new InvalidOperationException($"No repository above {AppContext.BaseDirectory}.");
    }
}
