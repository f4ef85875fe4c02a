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
        var made = Records(rulebook, topics, input, journal, out var applied).Select(KeyOf).ToList();
        if (applied != input.Count) made.Add($"the journal ends at record {applied} of {input.Count}");
        return made;
    }

    /// <param name="rulebook">What the journal's steps were made with.</param>
    /// <param name="topics">Where its records go.</param>
    /// <param name="input">The lane's records; the place of each is its offset.</param>
    /// <param name="journal">The lane's journal. A step that is told twice counts once.</param>
    /// <param name="applied">How many records the journal's steps take.</param>
    public static List<OutgoingRecord> Records(
        CompiledRulebook rulebook, LaneTopics topics, List<InputRecord> input, IReadOnlyList<JournalRecord> journal, out int applied)
    {
        var engine = new LaneEngine(rulebook, new JsonRecords(rulebook.Schema), long.MaxValue, wantsDecisions: false);
        var writer = new OutboxWriter(topics);
        var made = new List<OutgoingRecord>();
        applied = 0;
        foreach (var step in journal.SelectMany(record => record.Steps).DistinctBy(step => step.Number).OrderBy(step => step.Number))
        {
            for (; applied < step.Applied[0]; applied++)
            {
                var refused = engine.Take(input[applied]);
                if (refused != Ingest.Decoded.Event) made.Add(OutboxWriter.Read(writer.Refused(input[applied], refused, 0))!.Value);
            }
            EventTime? tick = step.Tick is { } at ? engine.Pass(new EventTime(at) + rulebook.Time.DisorderMilliseconds) : null;
            made.AddRange(engine.Run(tick).Prompts.Select(prompt => OutboxWriter.Read(writer.Prompt(prompt, 0))!.Value));
            engine.Done();
        }
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
