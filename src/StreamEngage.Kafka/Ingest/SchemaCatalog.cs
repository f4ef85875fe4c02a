using StreamEngage.Ingest.Avro;

namespace StreamEngage.Kafka;

/// <summary>
/// Where the schemas of Avro records are found: by a registry's id, or by fingerprint among files. For any number of threads; one an instance.
/// </summary>
internal sealed class SchemaCatalog : IDisposable
{
    private readonly SchemaRegistry? _registry;
    private readonly Dictionary<ulong, AvroSchema> _files = new() { [AvroSchemas.BehaviorEvent.Fingerprint()] = AvroSchemas.BehaviorEvent };

    private SchemaCatalog(SchemaRegistry? registry) => _registry = registry;

    /// <summary>One line a fault of the files; those without are in the catalog.</summary>
    public IReadOnlyList<string> Problems { get; private init; } = [];

    public static SchemaCatalog Open(KafkaCluster cluster)
    {
        var settings = cluster.Settings;
        List<string> problems = [];
        var catalog = new SchemaCatalog(settings.SchemaRegistry is { } registry ? new(registry, cluster.Time, cluster.Said) : null) { Problems = problems };
        if (settings.SchemaFolder is { } folder) problems.AddRange(catalog.ReadFiles(folder));
        return catalog;
    }

    public AvroSchema? Find(ulong fingerprint) => _files.GetValueOrDefault(fingerprint);

    public SchemaAnswer Find(int id) => _registry?.Find(id) ?? new(SchemaKnowledge.Unknown, Why: "kafka.schema_registry is not set");

    public ValueTask<SchemaAnswer> FindAsync(int id, CancellationToken stop) => _registry?.FindAsync(id, stop) ?? new(Find(id));

    public void Dispose() => _registry?.Dispose();

    private IEnumerable<string> ReadFiles(string folder)
    {
        if (!Directory.Exists(folder))
        {
            yield return $"kafka.schema_folder: {folder} does not exist";
            yield break;
        }
        foreach (var file in Directory.EnumerateFiles(folder, "*.avsc").Order(StringComparer.Ordinal).Take(KafkaLimits.SchemasMax))
        {
            if (new FileInfo(file).Length > AvroLimits.SchemaBytesMax)
                yield return $"kafka.schema_folder: {file} is bigger than {AvroLimits.SchemaBytesMax} bytes";
            else if (AvroSchema.TryParse(File.ReadAllText(file), out var schema, out var problem)) _files[schema.Fingerprint()] = schema;
            else yield return $"kafka.schema_folder: {file}: {problem}";
        }
    }
}
