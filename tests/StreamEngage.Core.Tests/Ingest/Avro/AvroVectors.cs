using System.Text.Json;

namespace StreamEngage.Ingest.Avro;

// Values agreed on by four implementations of Avro. Where they disagree the vectors follow the Java reference.
internal static class AvroVectors
{
    public const string Set = "avro-vectors";

    private static readonly Lazy<JsonElement> _root =
        new(() => JsonDocument.Parse(File.ReadAllBytes(FileOf("vectors.json"))).RootElement);

    public static bool AreThere => Datasets.WhyMissing(Set) is null;

    public static JsonElement Root() => _root.Value;

    public static string FileOf(string name) => Path.Combine(Datasets.PathOf(Set), name);
}
