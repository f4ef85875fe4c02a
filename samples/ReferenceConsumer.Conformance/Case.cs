using System.Text.Json;

namespace ReferenceConsumer.Conformance;

/// <summary>One thing that happens: a record comes, or time passes; and what the consumer must do then.</summary>
public sealed record CaseStep(string Input, string Expected);

/// <summary>A named row of steps. Each begins with an empty consumer.</summary>
public sealed record Case(string Name, string Rule, IReadOnlyList<CaseStep> Steps)
{
    /// <summary>The first step whose answer is another than expected, in words; null when all are as they should be.</summary>
    /// <param name="answer">Gives the consumer's line for a line.</param>
    public string? Breach(Func<string, string?> answer)
    {
        foreach (var (step, number) in Steps.Select((step, at) => (step, at + 1)))
            if (answer(step.Input) is var given && Canonical(given) != step.Expected)
                return $"{Name}, step {number}: {step.Input}\n  expected {step.Expected}\n  answered {given ?? "nothing"}\n  rule: {Rule}";
        return null;
    }

    /// <summary>One case a line: <c>{"case", "rule", "steps": [{"now", "record", "do": [["show", "id"], …]}]}</c>.</summary>
    public static IEnumerable<Case> Read(IEnumerable<string> lines)
    {
        foreach (var line in lines.Where(line => line.Length > 0))
        {
            using var json = JsonDocument.Parse(line);
            var root = json.RootElement;
            yield return new(root.GetProperty("case").GetString()!, root.GetProperty("rule").GetString()!,
                [.. root.GetProperty("steps").EnumerateArray().Select(Step)]);
        }
    }

    private static CaseStep Step(JsonElement step)
    {
        var record = step.TryGetProperty("record", out var written) ? $", \"record\": {JsonSerializer.Serialize(written.GetRawText())}" : "";
        var actions = step.GetProperty("do").EnumerateArray().Select(action => $"{action[0].GetString()} {action[1].GetString()}");
        return new($"{{\"now\": {step.GetProperty("now").GetInt64()}{record}}}", string.Join(", ", actions));
    }

    /// <returns>Null for what is no answer.</returns>
    private static string? Canonical(string? answer)
    {
        if (answer is null) return null;
        try
        {
            using var json = JsonDocument.Parse(answer);
            return string.Join(", ", json.RootElement.EnumerateArray().Select(action =>
                $"{action.GetProperty("do").GetString()} {action.GetProperty("promptId").GetString()}"));
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return null;
        }
    }
}
