using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Host.Feeds;
using StreamEngage.Ingest;
using StreamEngage.Rules;

namespace StreamEngage.Host.Explaining;

/// <summary>
/// Reads an input once and keeps one user's events, and between them how far the events of all others had moved the clock: with both, the engine
/// decides about the user what it decides on the whole input.
/// </summary>
internal sealed class HistoryReading
{
    private readonly string _user;
    private readonly IReadOnlySet<string> _names;
    private readonly TimePolicy _time;
    private readonly StreamClock _clock;
    private readonly JsonEventDecoder _json;
    private readonly AvroEventDecoder _avro;
    private readonly EventBatch _batch = new();
    private readonly List<UserEvent> _events = [];
    private EventTime _latest = EventTime.Beginning;
    private EventTime _told = EventTime.Beginning;

    /// <param name="user">Whose events are kept.</param>
    /// <param name="rules">What they are decided by.</param>
    /// <param name="names">Ids that were found to be the user's; their events are kept too. Null: none is known.</param>
    public HistoryReading(string user, RulebookDefinition rules, IReadOnlySet<string>? names = null)
    {
        (_user, _time, _names) = (user, rules.Policy.Time, names ?? new HashSet<string>());
        var schema = RulebookCompiler.Compile(new RulebookDefinition { Policy = rules.Policy }).Schema;
        (_clock, _json, _avro) = (new(_time), new(schema), new(schema));
    }

    public long Read { get; private set; }

    /// <summary>Records that are no events, or are from the future.</summary>
    public long Refused { get; private set; }

    /// <summary>The user has more events than are kept.</summary>
    public bool IsTooLong { get; private set; }

    public void Offer(in FeedRow row, EventTime ingested)
    {
        Read++;
        if (row.Fault is not null || Decode(row, out var e) != Decoded.Event) Refused++;
        else if (_clock.Judge(e.At, ingested) is var verdict && verdict == Admission.FromTheFuture) Refused++;
        else Take(row, e, verdict);
        _batch.Clear();
    }

    /// <summary>What was kept, and at its end where the clock came to stand.</summary>
    public IReadOnlyList<UserEvent> End()
    {
        TellClock();
        return _events;
    }

    private Decoded Decode(in FeedRow row, out DecodedEvent e) => row.Avro is { } reader
        ? _avro.TryDecode(reader, row.Event.Span, _batch, out e, out _) : _json.TryDecode(row.Event.Span, _batch, out e, out _);

    private void Take(in FeedRow row, in DecodedEvent e, Admission verdict)
    {
        if (e.User.ToString() is var user && (user == _user || _names.Contains(user))) Keep(row, e);
        if (verdict != Admission.Admitted) return;
        _clock.MoveTo(_clock.After(e.At));
        _latest = EventTime.Max(_latest, e.At);
    }

    private void Keep(in FeedRow row, in DecodedEvent e)
    {
        IsTooLong |= _events.Count >= 2 * ExplainLimits.EventsMax;
        if (IsTooLong) return;
        TellClock();
        var json = row.Avro is null ? row.Event.ToArray() : row.Shown().ToArray();
        _events.Add(new(e.Id.ToString(), e.TypeName.ToString(), e.At, json)
        {
            Avro = row.Avro is { } reader ? (reader, row.Event.ToArray()) : null,
        });
        _told = EventTime.Max(_told, e.At);
    }

    private void TellClock()
    {
        if (_latest <= _told) return;
        _events.Add(UserEvent.Clock(_user, _latest, _events.Count));
        _told = _latest;
    }
}
