using System.Text.Json;
using StreamEngage.Rulebooks;

namespace StreamEngage.Tests.Naive;

/// <summary>The worked examples, each a rulebook, a stream and the decisions the contract gives.</summary>
public sealed class NaiveExampleTests
{
    private static string Examples => Path.Combine(Datasets.PathOf("examples/01"), "..");

    /// <summary>Folders of the examples by name.</summary>
    public static TheoryData<string> Names() => [.. new DirectoryInfo(Examples).GetDirectories().Select(d => d.Name)];

    [DatasetTheory("examples/01")]
    [MemberData(nameof(Names))]
    public void ExampleOfTheContract_IsDecidedAsWritten(string name)
    {
        var folder = Path.Combine(Examples, name);
        var reading = RulebookFolder.Read(Path.Combine(folder, "rules"));
        Assert.True(reading.Definition is not null, string.Join('\n', reading.Problems));
        var events = Lines(folder, "events.ndjson").Select(Event).ToList();
        var expected = Lines(folder, "decisions.expected.ndjson").Select(Expected).Order(StringComparer.Ordinal);
        var outcome = NaiveEngine.Run(reading.Definition, events, drain: true);
        Assert.Equal(expected, outcome.Decisions.Select(Line).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<JsonElement> Lines(string folder, string file) => File.ReadLines(Path.Combine(folder, file))
        .Where(line => line.Length > 0)
        .Select(line => JsonSerializer.Deserialize<JsonElement>(line));

    private static NaiveEvent Event(JsonElement line) => new(
        line.GetProperty("id").GetString()!,
        line.GetProperty("user").GetString()!,
        line.GetProperty("type").GetString()!,
        line.GetProperty("at").GetInt64(),
        line.TryGetProperty("props", out var props) ? props.EnumerateObject().ToDictionary(p => p.Name, p => Value(p.Value)) : []);

    private static object? Value(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Array => value.EnumerateArray().Select(Value).ToList(),
        _ => null,
    };

    private static string Line(NaiveDecision d) =>
        $"{d.At} {d.User} {d.Trigger} {d.Verdict} {d.Reason ?? "-"} {string.Join(",", d.Causes)}";

    private static string Expected(JsonElement line) => string.Join(
        ' ',
        line.GetProperty("at").GetInt64(),
        line.GetProperty("user").GetString(),
        line.GetProperty("trigger").GetString(),
        line.GetProperty("verdict").GetString(),
        line.GetProperty("reason").GetString() ?? "-",
        string.Join(",", line.GetProperty("causes").EnumerateArray().Select(c => c.GetString())));
}
