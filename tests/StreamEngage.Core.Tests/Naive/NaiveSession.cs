using StreamEngage.Rules;

namespace StreamEngage.Tests.Naive;

/// <summary>The run of behavior events a user is in. Without readers in the rulebook there are no sessions.</summary>
internal sealed class NaiveSession(string user, RulebookDefinition rulebook)
{
    private static readonly string[] EndProperties = ["count", "duration", "first_type", "last_type", "value"];

    private readonly TimePolicy _time = rulebook.Policy.Time;
    private bool _isRead = NaiveTerms.ReadSessions(rulebook);

    /// <summary>The events of the open session by (at, arrival); empty when none is open.</summary>
    private readonly List<NaiveEvent> _events = [];
    private string _opener = "";
    private long _ended = long.MinValue;

    /// <summary>Of two users' last events of one instant; null: the last event tells.</summary>
    private string? _lastType;

    public IEnumerable<long> Dues => _events.Count == 0
        ? []
        : [Math.Min(Last.At + _time.SessionGapMilliseconds, First.At + _time.SessionMaxMilliseconds)];

    private string? LastType => Read("last_type") as string;

    private NaiveEvent First => _events[0];

    private NaiveEvent Last => _events[^1];

    /// <summary>Another rulebook is in force.</summary>
    public void Change(RulebookDefinition next)
    {
        _isRead = NaiveTerms.ReadSessions(next);
        if (!_isRead)
            _events.Clear();
    }

    /// <summary>The event that goes before one that opens a session; null when it opens none.</summary>
    public NaiveEvent? StartBefore(NaiveEvent e) => Counts(e) && _events.Count == 0
        ? new NaiveEvent($"{e.Id}/session_start", user, "session_start", e.At, new Dictionary<string, object?>())
        : null;

    /// <summary>Two open ones are one. The first event is that of the one that began first; of two last ones of an instant the greater name counts.</summary>
    public void Absorb(NaiveSession other)
    {
        _ended = Math.Max(_ended, other._ended);
        if (other._events.Count == 0)
            return;
        var lasts = new (long At, string? Type)[] { (_events.Count > 0 ? Last.At : long.MinValue, LastType), (other.Last.At, other.LastType) };
        _lastType = lasts.OrderBy(last => last.At).ThenBy(last => last.Type, StringComparer.Ordinal).Last().Type;
        var isSecond = _events.Count > 0 && (First.At, string.CompareOrdinal(_opener, other._opener)).CompareTo((other.First.At, 0)) <= 0;
        var all = (isSecond ? _events.Concat(other._events) : other._events.Concat(_events)).OrderBy(e => e.At).ToList();
        if (!isSecond)
            _opener = other._opener;
        _events.Clear();
        _events.AddRange(all);
    }

    public void Add(NaiveEvent e)
    {
        if (!Counts(e))
            return;
        if (_events.Count == 0 || e.At >= Last.At)
            _lastType = null;
        if (_events.Count == 0)
            _opener = e.Id;
        else if (e.At < First.At - _time.SessionGapMilliseconds)
            return;
        _events.Insert(_events.Count(x => x.At <= e.At), e);
    }

    /// <summary>Ends the open session, if it is due at this instant, with the event that says so.</summary>
    public NaiveEvent? EndAt(long due)
    {
        if (!Dues.Contains(due))
            return null;
        var props = EndProperties.ToDictionary(p => p, Read);
        _ended = due;
        _events.Clear();
        return new NaiveEvent($"{_opener}/session_end", user, "session_end", due, props);
    }

    public object? Read(string property) => _events.Count == 0 ? null : property switch
    {
        "count" => (double)_events.Count,
        "duration" => (double)(Last.At - First.At),
        "first_type" => First.Type,
        "last_type" => _lastType ?? Last.Type,
        "value" => _events.Select(e => e.Property("value")).OfType<double>().Sum(),
        _ => null,
    };

    private bool Counts(NaiveEvent e) => _isRead && e.IsBehavior && e.At > _ended;
}
