namespace StreamEngage.Tests.Naive;

/// <summary>A test over the worked examples of the contract, which live beside the data sets and not in the repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ExamplesTheoryAttribute : TheoryAttribute
{
    public ExamplesTheoryAttribute()
    {
        if (!Directory.Exists(Folder))
            Skip = $"no worked examples in {Folder}: set STREAMENGAGE_DATASETS to the data sets they stand beside";
    }

    public static string Folder
    {
        get
        {
            var datasets = Environment.GetEnvironmentVariable("STREAMENGAGE_DATASETS")
                ?? Path.Combine(Root(), "..", "shared", "datasets");
            return Path.GetFullPath(Path.Combine(datasets, "..", "examples"));
        }
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "StreamEngage.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? AppContext.BaseDirectory;
    }
}
