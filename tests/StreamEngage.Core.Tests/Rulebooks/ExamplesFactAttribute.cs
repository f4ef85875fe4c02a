namespace StreamEngage.Tests.Rulebooks;

/// <summary>A fact about the worked examples beside the data sets; reports itself skipped where they are not there.</summary>
internal sealed class ExamplesFactAttribute : FactAttribute
{
    public ExamplesFactAttribute()
    {
        if (ExamplesFolder.Path is null)
            Skip = "needs the worked examples: the folder 'examples' beside STREAMENGAGE_DATASETS";
    }
}

internal static class ExamplesFolder
{
    /// <summary>The examples folder; null when it is not there.</summary>
    public static string? Path { get; } = Find();

    private static string? Find()
    {
        var datasets = Environment.GetEnvironmentVariable("STREAMENGAGE_DATASETS") ?? BesideRepository();
        var examples = datasets is null ? null : System.IO.Path.Combine(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(datasets))!, "examples");
        return Directory.Exists(examples) ? examples : null;
    }

    private static string? BesideRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "StreamEngage.sln")))
            folder = folder.Parent;
        return folder?.Parent is { } above ? System.IO.Path.Combine(above.FullName, "shared", "datasets") : null;
    }
}
