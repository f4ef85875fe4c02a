using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rulebooks;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// What one engine that nothing ever happens to makes of a lane's input and the ticks that its journal tells of: what must be visible in the end,
/// each once, and how the lane's users must stand.
/// </summary>
internal sealed class Undisturbed
{
    private readonly LaneTopics _topics;
    private LaneEngine _engine;

    private Undisturbed(LaneEngine engine, LaneTopics topics) => (_engine, _topics) = (engine, topics);

    // Each asker has its own: versions here are no hashes, so that two tests may mean different rulebooks by one.
    public static RulebookShelf Shelf => new(text => RulebookFiles.Read(text.Files).Definition);

    public List<MadeRecord> Records { get; } = [];

    /// <summary>Each user's record as the last step that touched the user wrote it, in the first epoch of the lane.</summary>
    public Dictionary<Utf8Text, ReadOnlyMemory<byte>> Users { get; } = [];

    public List<DecisionRecord> Decisions { get; } = [];

    /// <summary>Goals that were reached after a prompt.</summary>
    public int Conversions { get; private set; }

    /// <summary>How many records of the input the journal's steps take.</summary>
    public int Applied { get; private set; }

    /// <summary>The rulebooks the lane was under.</summary>
    public LaneReigns Reigns => _engine.Reigns;

    public EventTime Clock => _engine.Clock;

    /// <summary>The keys of all that it made.</summary>
    public IEnumerable<string> Keys => Records.Select(one => KeyOf(one.Record, _topics));

    /// <param name="rulebook">What the journal's first steps were made with.</param>
    /// <param name="topics">Where its records go.</param>
    /// <param name="log">What the lane read and what its journal tells.</param>
    public static Undisturbed Of(CompiledRulebook rulebook, LaneTopics topics, LaneLog log)
    {
        var exchange = new LaneExchange(log.Lane, log.Lanes, rulebook) { Map = new(log.Lane, log.LaneOf) };
        var reigns = LaneReigns.Of(rulebook, RulebookText.Named(log.Version));
        var made = new Undisturbed(new(reigns, new JsonRecords(rulebook.Schema), exchange, long.MaxValue, wantsDecisions: true), topics);
        made.Run(log);
        return made;
    }

    private void Run(LaneLog log)
    {
        var told = new Queue<InputRecord>(log.Exchange);
        var writer = new OutboxWriter(_topics);
        var inputs = log.Inputs;
        var places = new int[inputs.Count];
        foreach (var step in log.Journal.SelectMany(record => record.Steps).DistinctBy(step => step.Number).OrderBy(step => step.Number))
        {
            while (Next(inputs, places, step.Applied) is { } record)
            {
                places[record.Topic]++;
                Applied++;
                var refused = _engine.Take(record, step.UserRate, step.Unfit);
                if (refused != Ingest.Decoded.Event) Records.Add(new(writer.Refused(record, refused, 0)));
            }
            LaneReigns? next = null;
            while (told.TryPeek(out var message) && message.Offset < step.Applied[inputs.Count])
            {
                if (LaneMessage.IsOf(message.Value, MessageKind.Rulebook)) next = Following(_engine, told.Dequeue());
                else _engine.Hear(told.Dequeue());
            }
            Run(step, writer);
            if (next is null) continue;
            _engine = _engine.Under(next, new JsonRecords(next.Rulebook.Schema));
            foreach (var (user, record) in Users) Assert.True(_engine.TryBring(user, record.Span, epoch: 0));
        }
    }

    private void Run(JournalStep step, OutboxWriter writer)
    {
        EventTime? tick = step.Tick is { } at ? _engine.Pass(new EventTime(at) + _engine.Time.DisorderMilliseconds) : null;
        var output = _engine.Run(tick);
        Records.AddRange(output.Prompts.Select(prompt => new MadeRecord(writer.Prompt(prompt, 0)) { Step = step.Number }));
        Withdraw(Records, step.Number, _engine.OptOuts());
        Decisions.AddRange(output.Decisions);
        Conversions += output.Outcomes.Count(outcome => outcome.IsConversion);
        Records.AddRange(_engine.Messages().Select(message => new MadeRecord(writer.Message(message, 0))));
        foreach (var write in _engine.Changes(epoch: 0)) Users[write.User.Detach()] = write.Record;
        _engine.Done();
    }

    /// <summary>Of what the step takes and was not taken, what the broker had first; of equal times the first topic's. Null: it is all taken.</summary>
    private static InputRecord? Next(IReadOnlyList<IReadOnlyList<InputRecord>> inputs, int[] places, InputPosition until)
    {
        InputRecord? first = null;
        for (var topic = 0; topic < inputs.Count; topic++)
            if (places[topic] < until[topic] && inputs[topic][places[topic]] is var next && (first is null || next.Timestamp < first.Value.Timestamp))
                first = next;
        return first;
    }

    /// <summary>Null: it is in force already.</summary>
    private static LaneReigns? Following(LaneEngine engine, InputRecord message)
    {
        var text = RulebookText.Decode(LaneMessage.Decode(message.Value)!.Value.Body.Span)!;
        return text.Version == engine.Reigns.Version ? null : engine.Reigns.Under(text, engine.Reigns.Prepare(Shelf.Take(text)!.Definition), engine.Clock);
    }

    /// <summary>A prompt that its own step's end forbids is never published; one of an earlier step only if it was before that end.</summary>
    private static void Withdraw(List<MadeRecord> made, long step, OptOuts optOuts)
    {
        if (optOuts.AreNone) return;
        made.RemoveAll(one => one.Step == step && OutboxWriter.IsForbidden(one.Entry, optOuts));
        foreach (var one in made.Where(one => OutboxWriter.IsForbidden(one.Entry, optOuts))) one.MayBeWithdrawn = true;
    }

    /// <summary>What a record of a topic is, whatever else is in it: of a prompt also when it was decided and its number.</summary>
    public static string KeyOf(OutgoingRecord record, LaneTopics topics)
    {
        if (record.Topic == topics.Exchange) return $"to {record.Partition}: {Convert.ToHexString(record.Value.Span)}";
        if (record.Topic == topics.Quarantine) return $"refused {string.Join(' ', record.Headers.Select(header => header.Value))}";
        using var json = JsonDocument.Parse(record.Value);
        var prompt = json.RootElement;
        return $"{prompt.GetProperty("user")} {prompt.GetProperty("trigger")} {prompt.GetProperty("kind")} {prompt.GetProperty("decidedAt")} "
            + $"{prompt.GetProperty("promptId")} {prompt.GetProperty("sequence")} {prompt.GetProperty("variant")}";
    }
}

/// <summary>A record that must be visible, unless its user opted out while it waited.</summary>
internal sealed class MadeRecord(OutboxEntry entry)
{
    public OutboxEntry Entry => entry;

    public OutgoingRecord Record { get; } = OutboxWriter.Read(entry)!.Value;

    /// <summary>The step that decided it; 0: it is no prompt.</summary>
    public long Step { get; init; }

    public bool MayBeWithdrawn { get; set; }
}

/// <summary>What a lane read, and what it made steps of.</summary>
/// <param name="Lane">Which.</param>
/// <param name="Lanes">How many there are.</param>
/// <param name="Input">Its records of the first input topic; the place of each is its offset.</param>
/// <param name="Exchange">What it was told, as far as it is visible.</param>
/// <param name="Journal">A step that is told twice counts once.</param>
internal sealed record LaneLog(int Lane, int Lanes, List<InputRecord> Input, IReadOnlyList<InputRecord> Exchange, IReadOnlyList<JournalRecord> Journal)
{
    /// <summary>Its records of further input topics.</summary>
    public IReadOnlyList<List<InputRecord>> Others { get; init; } = [];

    public IReadOnlyList<IReadOnlyList<InputRecord>> Inputs => [Input, .. Others];

    /// <summary>Of all input topics.</summary>
    public int Records => Inputs.Sum(input => input.Count);

    public Func<Utf8Text, int> LaneOf { get; init; } = new Partitioner(KeyHash.Murmur2, Lanes).LaneOf;

    /// <summary>Of the rulebook it began with.</summary>
    public string Version { get; init; } = "1";
}
