using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// What one engine that nothing ever happens to makes of a lane's input and the ticks that its journal tells of: what must be visible in the end,
/// each once.
/// </summary>
internal static class Undisturbed
{
    public static IEnumerable<string> Run(CompiledRulebook rulebook, LaneTopics topics, List<InputRecord> input, IReadOnlyList<JournalRecord> journal)
    {
        var engine = new LaneEngine(rulebook, new JsonRecords(rulebook.Schema), long.MaxValue, wantsDecisions: false);
        var writer = new OutboxWriter(topics);
        var made = new List<string>();
        var next = 0;
        foreach (var step in journal.SelectMany(record => record.Steps).DistinctBy(step => step.Number).OrderBy(step => step.Number))
        {
            for (; next < step.Applied[0]; next++)
            {
                var refused = engine.Take(input[next]);
                if (refused != Ingest.Decoded.Event) made.Add(KeyOf(OutboxWriter.Read(writer.Refused(input[next], refused, 0))!.Value));
            }
            EventTime? tick = step.Tick is { } at ? engine.Pass(new EventTime(at) + rulebook.Time.DisorderMilliseconds) : null;
            var output = engine.Run(tick);
            made.AddRange(output.Prompts.Select(prompt => KeyOf(OutboxWriter.Read(writer.Prompt(prompt, 0))!.Value)));
            engine.Done();
        }
        if (next != input.Count) made.Add($"the journal ends at record {next} of {input.Count}");
        return made;
    }

    /// <summary>What a record of a topic is, whatever else is in it: of a prompt also when it was decided and its number.</summary>
    public static string KeyOf(OutgoingRecord record)
    {
        if (record.Topic == "quarantine") return $"refused {string.Join(' ', record.Headers.Select(header => header.Value))}";
        using var json = JsonDocument.Parse(record.Value);
        var prompt = json.RootElement;
        return $"{prompt.GetProperty("user")} {prompt.GetProperty("trigger")} {prompt.GetProperty("kind")} {prompt.GetProperty("decidedAt")} "
            + $"{prompt.GetProperty("promptId")} {prompt.GetProperty("sequence")}";
    }
}
