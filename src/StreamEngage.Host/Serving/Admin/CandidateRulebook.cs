using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>A rulebook that somebody sent: <c>{"files": {"cart.yaml": "trigger: …"}}</c>, read and linted like a folder.</summary>
/// <param name="Text">Its files; of an empty version where they could not be read.</param>
/// <param name="Definition">Null: it is refused.</param>
/// <param name="Problems">Errors and warnings.</param>
internal sealed record CandidateRulebook(RulebookText Text, RulebookDefinition? Definition, IReadOnlyList<Problem> Problems)
{
    private const int DepthMax = 4;

    private CompiledRulebook? _compiled;

    public string Version => Text.Version;

    /// <summary>Why it is refused; null when it is valid.</summary>
    public string? Refusal { get; private init; }

    /// <summary>As if it had been there from the beginning. Only of a valid one.</summary>
    public CompiledRulebook Compiled => _compiled ??= RulebookCompiler.Compile(Definition!);

    public static async Task<CandidateRulebook> ReadAsync(Stream body, CancellationToken stop)
    {
        try
        {
            using var sent = await JsonDocument.ParseAsync(body, new() { MaxDepth = DepthMax }, stop);
            if (!sent.RootElement.TryGetProperty("files", out var files) || files.ValueKind != JsonValueKind.Object) return Unreadable;
            var texts = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var file in files.EnumerateObject()) texts[file.Name] = file.Value.GetString() ?? "";
            return Of(texts);
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException)
        {
            return Unreadable;
        }
    }

    public static CandidateRulebook Of(IReadOnlyDictionary<string, string> files)
    {
        var own = files.Where(file => RulebookFiles.Concerns(file.Key)).ToDictionary(StringComparer.Ordinal);
        var reading = RulebookFiles.Read(own);
        var problems = Linter.Check(reading);
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        return new(new(RulebookVersion.Of(own), own), errors == 0 ? reading.Definition : null, problems)
        {
            Refusal = errors == 0 ? null : $"{errors} {(errors == 1 ? "error" : "errors")}",
        };
    }

    /// <summary>What its author should know. Only of a valid one.</summary>
    /// <param name="json">Where it is said.</param>
    /// <param name="inForce">The rulebook that it would follow.</param>
    public void WriteWarnings(Utf8JsonWriter json, RulebookDefinition inForce)
    {
        json.WriteStartArray("warnings");
        foreach (var problem in Problems) json.WriteStringValue(problem.ToString());
        foreach (var warning in UnseenEdges.Of(inForce, Definition!)) json.WriteStringValue(warning);
        json.WriteEndArray();
    }

    public void WriteProblems(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("error", Refusal);
        json.WriteStartArray("problems");
        foreach (var problem in Problems) json.WriteStringValue(problem.ToString());
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static CandidateRulebook Unreadable => new(RulebookText.Named(""), null, []) { Refusal = "send {\"files\": {\"<name>.yaml\": \"<text>\"}}" };
}
