using System.Text;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Ingest;
using StreamEngage.Rules;
using StreamEngage.State;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>
/// What a lane that is made again brought to one user and decided of the user: the user's events in the order they were applied, and between them how far the
/// clock had come, what came of prompts in all lanes, and the rulebooks that came into force. An engine that is fed it decides the same.
/// </summary>
internal sealed class LaneHistory
{
    private readonly string _user;
    private readonly HashSet<string> _names;
    private readonly byte[][] _marks;
    private readonly List<LaneMoment> _moments = [];
    private readonly EventBatch _batch = new();
    private EventSchema _schema = new();
    private IRecordDecoder? _decoder;
    private EventTime _clock = EventTime.Beginning;
    private EventTime _told = EventTime.Beginning;
    private EventTime? _tick;
    private readonly Dictionary<int, long> _heard = [];
    private int _own, _versions, _lastVersion = -1;

    /// <param name="user">Whose.</param>
    /// <param name="names">Ids whose events are the user's, the user's own among them.</param>
    public LaneHistory(string user, IReadOnlySet<string> names)
    {
        (_user, _names) = (user, [.. names]);
        _marks = [.. names.Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>Events that are kept: a history with more of them <see cref="IsTooLong"/>.</summary>
    public int EventsMax { get; init; } = int.MaxValue;

    /// <summary>Versions of what came of prompts that are kept one by one; of more only the last before each of the user's events.</summary>
    public int VersionsMax { get; init; } = int.MaxValue;

    public IReadOnlyList<LaneMoment> Moments => _moments;

    /// <summary>The verdicts on the user's candidates, with the number of the reign they were given in, in the order of the lane.</summary>
    public List<(int Reign, DecisionRecord Decision)> Decisions { get; } = [];

    /// <summary>Rulebooks after the first with their versions, in the order they came into force.</summary>
    public List<(string Version, RulebookDefinition Rulebook)> Rulebooks { get; } = [];

    /// <summary>Prompts of the user that were withdrawn in the step that decided them, for the user had opted out.</summary>
    public HashSet<string> Withdrawn { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids that events of the lane join to the user's names: with them among the names, what they did before is found too.</summary>
    public HashSet<string> Joined { get; } = new(StringComparer.Ordinal);

    /// <summary>Part of the user came from another lane, or went there.</summary>
    public bool HasMoved { get; private set; }

    public bool IsTooLong => _own > EventsMax;

    /// <summary>The user's own events are among the moments.</summary>
    public bool HasEvents => _own > 0;

    /// <summary>Where the clock has come to.</summary>
    public EventTime Clock => _clock;

    /// <summary>What was gathered is complete up to here.</summary>
    public void End() => TellClock();

    /// <summary>The lane is under a rulebook from its beginning.</summary>
    public void Begin(CompiledRulebook rulebook, IRecordDecoder decoder) => (_schema, _decoder) = (rulebook.Schema, decoder);

    /// <summary>Another rulebook is in force.</summary>
    public void Succeed(LaneReigns next, IRecordDecoder decoder)
    {
        TellClock();
        Rulebooks.Add((next.Version, next.Rulebook.Definition));
        _moments.Add(new(LaneMomentKind.Rulebook, _clock, default));
        _lastVersion = -1;
        Begin(next.Rulebook, decoder);
    }

    /// <summary>The engine took a record, or heard a message.</summary>
    /// <param name="record">It.</param>
    /// <param name="isTold">It came through the exchange.</param>
    /// <param name="clock">Where the clock stands after it.</param>
    public void Take(in InputRecord record, bool isTold, EventTime clock)
    {
        if (isTold) Hear(record, clock);
        else if (MayConcern(record.Value.Span)) Take(record.Value, _decoder!, clock);
        _clock = clock;
    }

    /// <summary>The clock was moved by a tick: what is due at that very instant has fired.</summary>
    public void Tick(EventTime clock) => (_clock, _tick) = (clock, clock);

    /// <summary>The engine ran a step.</summary>
    public void Decide(StepOutput output)
    {
        foreach (var decision in output.Decisions)
            if (decision.User == _user) Decisions.Add((Rulebooks.Count, decision));
    }

    /// <summary>A prompt was taken back before it was published.</summary>
    public void Withdraw(PromptCommand prompt)
    {
        if (prompt.User == _user) Withdrawn.Add(prompt.PromptId);
    }

    private void Hear(in InputRecord record, EventTime clock)
    {
        if (LaneMessage.Decode(record.Value) is not { } message || IsHeardAgain(message)) return;
        if (message.Kind == MessageKind.Event && MayConcern(message.Body.Span)) Take(message.Body, new JsonRecords(_schema), clock);
        else if (message.Kind == MessageKind.Statistics) Hear(message);
        else if (message.Kind == MessageKind.Errand && MayConcern(message.Body.Span)) Hear(ErrandCodec.Read(message.Body.Span, record.Lane), clock);
    }

    /// <summary>As the exchange knows it: at-least-once brings some twice.</summary>
    private bool IsHeardAgain(in LaneMessage message)
    {
        if (message.Sender == LaneMessage.NoLane) return false;
        if (_heard.GetValueOrDefault(message.Sender) >= message.Number) return true;
        _heard[message.Sender] = message.Number;
        return false;
    }

    private void Hear(in LaneMessage message)
    {
        TellClock();
        if (++_versions > VersionsMax && _lastVersion >= 0) _moments.RemoveAt(_lastVersion);
        _lastVersion = _moments.Count;
        _moments.Add(new(LaneMomentKind.Statistics, _clock, message.Body.ToArray()));
    }

    private void Hear(LaneErrand? errand, EventTime clock)
    {
        if (errand is not ForwardedEvent forwarded)
            HasMoved |= errand is not null;
        else if (new SourceCodec(_schema).ReadEvent(forwarded.Event.Span) is { } held && _names.Contains(held.Decoded.User.ToString()))
            Keep(held.Decoded, EventLine.Of(held.Decoded, held.Properties, _schema), clock);
    }

    private void Take(ReadOnlyMemory<byte> value, IRecordDecoder decoder, EventTime clock)
    {
        if (decoder.TryDecode(value.Span, _batch, out var e, out var properties) == Decoded.Event)
        {
            var isOwn = _names.Contains(e.User.ToString());
            if (e.Type == _schema.TypeOf(EventTypes.Identify)) Join(e, properties);
            if (isOwn) Keep(e, value.Span is [(byte)'{', ..] ? value.ToArray() : EventLine.Of(e, properties, _schema), clock);
        }
        _batch.Clear();
    }

    private void Join(in DecodedEvent e, in PropertyRun properties)
    {
        var slot = _schema.Slot(e.Type, _schema.PropertyOf("anonymous"));
        var (user, other) = (e.User.ToString(), slot < 0 ? "" : properties[slot].Text.ToString());
        if (_names.Contains(user) == _names.Contains(other)) return;
        Joined.Add(_names.Contains(user) ? other : user);
    }

    private void Keep(in DecodedEvent e, ReadOnlyMemory<byte> json, EventTime clock)
    {
        if (++_own > EventsMax) return;
        TellClock();
        _moments.Add(new(LaneMomentKind.Event, e.At, json) { Id = e.Id.ToString(), Type = e.TypeName.ToString() });
        (_told, _lastVersion) = (EventTime.Max(_told, clock), -1);
    }

    /// <summary>Between two events of the user only where the clock came to counts: every timer on the way fires at its own instant.</summary>
    private void TellClock()
    {
        if (_tick == _clock) _moments.Add(new(LaneMomentKind.Tick, _clock, default));
        else if (_clock > _told) _moments.Add(new(LaneMomentKind.Clock, _clock, default));
        (_told, _tick) = (EventTime.Max(_told, _clock), null);
    }

    /// <summary>One of the names stands in the bytes, or may stand there in another form.</summary>
    private bool MayConcern(ReadOnlySpan<byte> record)
    {
        if (record.Contains((byte)'\\')) return true;
        foreach (var mark in _marks)
            if (record.IndexOf(mark) >= 0) return true;
        return false;
    }
}

/// <summary>What came between two steps of a user's history, or was one.</summary>
internal enum LaneMomentKind
{
    /// <summary>An event of the user.</summary>
    Event,

    /// <summary>The clock had come to an instant; what is due then has yet to fire.</summary>
    Clock,

    /// <summary>The clock had come to an instant, and what is due then had fired.</summary>
    Tick,

    /// <summary>What came of prompts in all lanes, as decisions read it from here on.</summary>
    Statistics,

    /// <summary>The next rulebook came into force.</summary>
    Rulebook,
}

/// <summary>One moment of a history.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">When an event happened; else where the clock stood.</param>
/// <param name="Bytes">Of an event a JSON object, of statistics their record; else nothing.</param>
internal sealed record LaneMoment(LaneMomentKind Kind, EventTime At, ReadOnlyMemory<byte> Bytes)
{
    public string Id { get; init; } = "";

    public string Type { get; init; } = "";
}
