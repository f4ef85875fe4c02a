using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Ingest;

namespace StreamEngage.Steps;

/// <summary>
/// Makes a lane again, from the beginning of its input and of its journal, with an engine that nothing happens to: what it must have decided and how its users
/// must stand. It writes nothing.
/// </summary>
/// <param name="rulebook">The rulebook that every step was made with, and its version.</param>
/// <param name="topics">What the lane reads and writes.</param>
/// <param name="decoder">For its input.</param>
/// <param name="lane">Which.</param>
/// <param name="users">How many there are, and which has whom.</param>
internal sealed class LaneReplay(
    (CompiledRulebook Compiled, string Version) rulebook, LaneTopics topics, IRecordDecoder decoder, int lane, Partitioner users)
{
    private readonly LaneEngine _engine = new(
        rulebook.Compiled, decoder, new(lane, users.Lanes, rulebook.Compiled) { Map = new(lane, users.LaneOf) }, long.MaxValue, topics.Decisions is not null);

    private readonly LaneInbox _inbox = new(topics.Read.Count, int.MaxValue, long.MaxValue);
    private readonly OutboxWriter _writer = new(topics);
    private InputPosition _applied = new(topics.Read.Select(_ => 0L));
    private long _entries;

    /// <summary>What was decided and refused, by its key in the outbox.</summary>
    public Dictionary<string, OutgoingRecord> Made { get; } = new(StringComparer.Ordinal);

    /// <summary>Prompts that their users opted out of in the step that decided them.</summary>
    public int Withdrawn { get; private set; }

    public long Records { get; private set; }

    public long Steps { get; private set; }

    public LaneEngine Engine => _engine;

    /// <summary>Makes the journal's steps again, in the order of their numbers.</summary>
    /// <param name="steps">Each number once, from 1 on without a gap.</param>
    /// <param name="read">Reads on in one of the lane's topics up to a place; fewer records where it ends before.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Why it cannot be made again; null: it was.</returns>
    public async Task<string?> RunAsync(IEnumerable<JournalStep> steps, Func<int, long, IAsyncEnumerable<InputRecord>> read, CancellationToken stop)
    {
        foreach (var step in steps)
        {
            if (step.Number != Steps + 1) return $"the journal has no step {Steps + 1}: what it begins with is gone, or a publication is missing";
            if (step.Rulebook != rulebook.Version) return $"step {step.Number} was made with rulebook {step.Rulebook}, the folder has {rulebook.Version}";
            for (var topic = 0; topic < topics.Read.Count; topic++)
            {
                await foreach (var record in read(topic, step.Applied[topic]).WithCancellation(stop)) _inbox.Add(record);
            }
            if (await TakeAsync(step, stop) is { } newer) return newer;
            Run(step);
        }
        return null;
    }

    private async Task<string?> TakeAsync(JournalStep step, CancellationToken stop)
    {
        var taken = new List<InputRecord>();
        while (_inbox.Next(_applied, step.Applied, isForced: true) is { } topic)
        {
            var record = _inbox.Take(topic);
            _applied = _applied.With(topic, record.Offset + 1);
            taken.Add(record);
        }
        var inputs = taken.Where(record => !topics.IsExchange(record.Topic)).ToList();
        if (inputs.Count > 0) await _engine.PrepareAsync(inputs, stop);
        foreach (var record in taken)
        {
            if ((topics.IsExchange(record.Topic) ? _engine.Hear(record) : _engine.Take(record)) is not { } decoded)
                return $"record {record.Offset} of {topics.Exchange} was written by a newer version of the engine";
            if (decoded != Decoded.Event) Add(_writer.Refused(record, decoded, _entries++));
        }
        (_applied, Records) = (step.Applied, Records + taken.Count);
        return null;
    }

    private void Run(JournalStep step)
    {
        var output = _engine.Run(step.Tick is { } at ? _engine.Pass(new EventTime(at) + rulebook.Compiled.Time.DisorderMilliseconds) : null);
        var optOuts = _engine.OptOuts();
        foreach (var prompt in output.Prompts)
        {
            var entry = _writer.Prompt(prompt, _entries++);
            if (!optOuts.AreNone && OutboxWriter.IsForbidden(entry, optOuts)) Withdrawn++;
            else Add(entry);
        }
        foreach (var message in _engine.Messages()) Add(_writer.Message(message, _entries++));
        _engine.Done();
        Steps++;
    }

    private void Add(OutboxEntry entry) => Made[entry.Key] = OutboxWriter.Read(entry)!.Value;
}
