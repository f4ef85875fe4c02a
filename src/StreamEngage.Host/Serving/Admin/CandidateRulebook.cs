using System.Text.Json;
using StreamEngage.Rulebooks;
using StreamEngage.Rulebooks.Lint;
using StreamEngage.Rules;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>A rulebook that somebody sent: <c>{"files": {"cart.yaml": "trigger: …"}}</c>, read and linted like a folder.</summary>
/// <param name="Version">Of its files; empty where they could not be read.</param>
/// <param name="Refusal">Why it is refused; null when it is valid.</param>
/// <param name="Problems">Errors and warnings.</param>
internal sealed record CandidateRulebook(string Version, string? Refusal, IReadOnlyList<Problem> Problems)
{
    public static async Task<CandidateRulebook> ReadAsync(Stream body, CancellationToken stop)
    {
        try
        {
            using var sent = await JsonDocument.ParseAsync(body, new() { MaxDepth = 4 }, stop);
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
        var problems = Linter.Check(RulebookFiles.Read(files));
        var errors = problems.Count(problem => problem.Severity == Severity.Error);
        var version = RulebookVersion.Of(files.Where(file => RulebookFiles.Concerns(file.Key)));
        return new(version, errors == 0 ? null : $"{errors} {(errors == 1 ? "error" : "errors")}", problems);
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

    private static CandidateRulebook Unreadable => new("", "send {\"files\": {\"<name>.yaml\": \"<text>\"}}", []);
}
