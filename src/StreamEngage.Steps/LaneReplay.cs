using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>
/// Makes a lane again, from the beginning of its input and of its journal, with an engine that nothing happens to: what it must have decided and how its users
/// must stand. It writes nothing.
/// </summary>
/// <param name="rules">The rulebook that it began with, and how others are read.</param>
/// <param name="topics">What the lane reads and writes.</param>
/// <param name="lane">Which.</param>
/// <param name="users">How many there are, and which has whom.</param>
/// <param name="history">Hears of what concerns one user; null: nobody asks.</param>
internal sealed class LaneReplay(ReplayRules rules, LaneTopics topics, int lane, Partitioner users, LaneHistory? history = null)
{
    private readonly LaneInbox _inbox = new(topics.Read.Count, int.MaxValue, long.MaxValue);
    private LaneEngine _engine = new(
        LaneReigns.Of(rules.Compiled, rules.Text), rules.NewDecoder(rules.Compiled.Schema),
        new(lane, users.Lanes, rules.Compiled) { Map = new(lane, users.LaneOf) },
        long.MaxValue, history is not null);

    private OutboxWriter _writer = new(topics);
    private LaneReigns? _next;
    private InputPosition _applied = new(topics.Read.Select(_ => 0L));
    private long _entries;

    /// <summary>What was decided and refused, by its key in the outbox.</summary>
    public Dictionary<string, OutgoingRecord> Made { get; } = new(StringComparer.Ordinal);

    /// <summary>Prompts that their users opted out of in the step that decided them.</summary>
    public int Withdrawn { get; private set; }

    /// <summary>Hears how many records were taken, after each step.</summary>
    public Action<long> Taken { get; init; } = _ => { };

    public long Records { get; private set; }

    public long Steps { get; private set; }

    /// <summary>The rulebooks it was under.</summary>
    public LaneReigns Reigns => _engine.Reigns;

    /// <summary>Where its clock stands.</summary>
    public EventTime Clock => _engine.Clock;

    /// <summary>Each user's record as the last step that touched the user wrote it, in the first epoch of the lane.</summary>
    public Dictionary<Utf8Text, ReadOnlyMemory<byte>> Users { get; } = [];

    /// <summary>Makes the journal's steps again, in the order of their numbers.</summary>
    /// <param name="steps">Each number once, from 1 on without a gap.</param>
    /// <param name="read">Reads on in one of the lane's topics up to a place; fewer records where it ends before.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>Why it cannot be made again; null: it was.</returns>
    public async Task<string?> RunAsync(IEnumerable<JournalStep> steps, Func<int, long, IAsyncEnumerable<InputRecord>> read, CancellationToken stop)
    {
        history?.Begin(rules.Compiled, rules.NewDecoder(rules.Compiled.Schema));
        foreach (var step in steps)
        {
            if (step.Number != Steps + 1) return $"the journal has no step {Steps + 1}: what it begins with is gone, or a publication is missing";
            for (var topic = 0; topic < topics.Read.Count; topic++)
            {
                await foreach (var record in read(topic, step.Applied[topic]).WithCancellation(stop)) _inbox.Add(record);
            }
            if (await TakeAsync(step, stop) is { } newer) return newer;
            var version = (_next ?? Reigns).Version;
            if (step.Rulebook != version)
                return $"step {step.Number} was made with rulebook {step.Rulebook}, the {(Reigns.Now.Number == 0 ? "folder has" : "lane was under")} {version}";
            Run(step);
            Succeed();
            Taken(Records);
        }
        history?.End();
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
        if (taken is [var only] && topics.IsExchange(only.Topic) && LaneMessage.IsOf(only.Value, MessageKind.Rulebook))
        {
            if (!TryFollow(only)) return $"record {only.Offset} of {topics.Exchange} brings a rulebook that this version of the engine cannot read";
            taken.Clear();
        }
        foreach (var record in taken)
        {
            var overflowed = _engine.Intake.Overflowed;
            if ((topics.IsExchange(record.Topic) ? _engine.Hear(record) : _engine.Take(record, step.UserRate, step.Unfit)) is not { } decoded)
                return $"record {record.Offset} of {topics.Exchange} was written by a newer version of the engine";
            if (decoded != Decoded.Event) Add(_writer.Refused(record, decoded, _entries++));
            // What was more than its user may send had no effect, and is no part of the user's history.
            else if (_engine.Intake.Overflowed == overflowed) history?.Take(record, topics.IsExchange(record.Topic), _engine.Clock);
        }
        (_applied, Records) = (step.Applied, Records + taken.Count);
        return null;
    }

    private void Run(JournalStep step)
    {
        EventTime? tick = step.Tick is { } at ? _engine.Pass(new EventTime(at) + _engine.Time.DisorderMilliseconds) : null;
        var output = _engine.Run(tick);
        if (tick is { } moved) history?.Tick(moved);
        history?.Decide(output);
        var optOuts = _engine.OptOuts();
        foreach (var prompt in output.Prompts)
        {
            var entry = _writer.Prompt(prompt, _entries++);
            if (!optOuts.AreNone && OutboxWriter.IsForbidden(entry, optOuts)) Withdraw(prompt);
            else Add(entry);
        }
        foreach (var message in _engine.Messages()) Add(_writer.Message(message, _entries++));
        foreach (var write in _engine.Changes(epoch: 0)) Users[write.User.Detach()] = write.Record;
        _engine.Done();
        Steps++;
    }

    private void Withdraw(PromptCommand prompt)
    {
        Withdrawn++;
        history?.Withdraw(prompt);
    }

    /// <summary>A step that brings another rulebook has nothing else in it.</summary>
    private bool TryFollow(in InputRecord record)
    {
        if (LaneMessage.Decode(record.Value) is not { } message || RulebookText.Decode(message.Body.Span) is not { } text) return false;
        if (text.Version == Reigns.Version) return true;
        if (rules.Shelf.Take(text) is not { } shelved) return false;
        _next = Reigns.Under(shelved.Text, Reigns.Prepare(shelved.Definition), _engine.Clock);
        return true;
    }

    private void Succeed()
    {
        if (_next is not { } next) return;
        _next = null;
        _engine = _engine.Under(next, rules.NewDecoder(next.Rulebook.Schema));
        _writer = new(topics with { Channels = next.Rulebook.Definition.Policy.Channels });
        history?.Succeed(next, rules.NewDecoder(next.Rulebook.Schema));
        foreach (var (user, record) in Users)
            if (!_engine.TryBring(user, record.Span, epoch: 0)) throw new InvalidOperationException($"The record of {user} cannot be read back.");
    }

    private void Add(OutboxEntry entry) => Made[entry.Key] = OutboxWriter.Read(entry)!.Value;
}

/// <summary>What a lane that is made again was made with.</summary>
/// <param name="Compiled">The rulebook that it began with.</param>
/// <param name="Text">It, as it was written.</param>
/// <param name="Shelf">Reads those that it was told of.</param>
/// <param name="NewDecoder">A decoder for its input, of what a schema names.</param>
internal sealed record ReplayRules(CompiledRulebook Compiled, RulebookText Text, RulebookShelf Shelf, Func<EventSchema, IRecordDecoder> NewDecoder);
