namespace StreamEngage.Ingest.Avro;

/// <summary>The project's own schemas, as they stand in the folder schemas of the repository.</summary>
public static class AvroSchemas
{
    /// <summary>What a behavior event is read as, whatever schema it was written with.</summary>
    public static AvroSchema BehaviorEvent { get; } = Embedded("behavior-event");

    /// <summary>What a prompt command is written as.</summary>
    public static AvroSchema PromptCommand { get; } = Embedded("prompt-command");

    private static AvroSchema Embedded(string name)
    {
        using var stream = typeof(AvroSchemas).Assembly.GetManifestResourceStream($"schemas/{name}.avsc")
            ?? throw new InvalidOperationException($"The assembly was built without the schema {name}.");
        using var text = new StreamReader(stream);
        return AvroSchema.TryParse(text.ReadToEnd(), out var schema, out var problem)
            ? schema
            : throw new InvalidOperationException($"The schema {name} is not valid: {problem}");
    }
}
