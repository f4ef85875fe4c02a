using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

// Values agreed on by four implementations of Avro. Where they disagree the vectors follow the Java reference.
internal static class AvroVectors
{
    public static string? Folder { get; } = Find();

    public static JsonElement Root() => _root.Value;

    public static string File(string name) => Path.Combine(Folder!, name);

    private static readonly Lazy<JsonElement> _root =
        new(() => JsonDocument.Parse(System.IO.File.ReadAllBytes(File("vectors.json"))).RootElement);

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("STREAMENGAGE_DATASETS");
        var root = named ?? (Repository.Root is { } at ? Path.Combine(at, "..", "shared", "datasets") : "");
        var folder = Path.Combine(root, "avro-vectors");
        return Directory.Exists(folder) ? Path.GetFullPath(folder) : null;
    }
}

internal static class Repository
{
    public static string? Root { get; } = Find(AppContext.BaseDirectory);

    private static string? Find(string? folder) =>
        folder is null || System.IO.File.Exists(Path.Combine(folder, "StreamEngage.sln"))
            ? folder
            : Find(Path.GetDirectoryName(folder));
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class AvroVectorsFactAttribute : FactAttribute
{
    public AvroVectorsFactAttribute()
    {
        if (AvroVectors.Folder is null) Skip = "The data set avro-vectors is not there.";
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class AvroVectorsTheoryAttribute : TheoryAttribute
{
    public AvroVectorsTheoryAttribute()
    {
        if (AvroVectors.Folder is null) Skip = "The data set avro-vectors is not there.";
    }
}
