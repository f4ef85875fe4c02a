namespace StreamEngage.Steps;

/// <summary>
/// A lane's records that wait to be applied: of several topics the one with the earliest broker time first, so that topics that are caught up
/// together do not run ahead of each other.
/// </summary>
/// <param name="topics">Input topics.</param>
/// <param name="recordsMax">Records at which it is full.</param>
/// <param name="bytesMax">Bytes of records at which it is full: records may be big.</param>
internal sealed class LaneInbox(int topics, int recordsMax, long bytesMax)
{
    private readonly Queue<InputRecord>[] _waiting = [.. Enumerable.Range(0, topics).Select(_ => new Queue<InputRecord>())];
    private readonly bool[] _atEnd = new bool[topics];
    private readonly bool[] _isForgone = new bool[topics];

    private long _bytes;

    public int Count { get; private set; }

    /// <summary>Nothing more is to be read for now. Never after <see cref="Forgo"/>: what is kept then is one step's.</summary>
    public bool IsFull => ForgoneAt is null && (Count >= recordsMax || _bytes >= bytesMax);

    /// <summary>Half of it is free again.</summary>
    public bool HasRoom => ForgoneAt is not null || (Count <= recordsMax / 2 && _bytes <= bytesMax / 2);

    /// <summary>Nothing waits, and the end of every topic was seen after its last record.</summary>
    public bool IsCaughtUp => Count == 0 && _atEnd.All(atEnd => atEnd);

    /// <summary>Records behind this place were given up: there the lane is to be read again. Null: none were.</summary>
    public InputPosition? ForgoneAt { get; private set; }

    public void Add(in InputRecord record)
    {
        if (ForgoneAt is { } place && record.Offset >= place[record.Topic])
        {
            _isForgone[record.Topic] = true;
            return;
        }
        _waiting[record.Topic].Enqueue(record);
        _atEnd[record.Topic] = false;
        Count++;
        _bytes += record.Value.Length;
    }

    public void End(int topic) => _atEnd[topic] = true;

    /// <summary>
    /// Gives up what lies behind a place, and what may follow it: of what lies before it something is waited for, and there is no room for it.
    /// </summary>
    public void Forgo(InputPosition place)
    {
        ForgoneAt = place;
        (Count, _bytes) = (0, 0);
        for (var topic = 0; topic < topics; topic++)
        {
            var (waiting, wasAtEnd) = (_waiting[topic], _atEnd[topic]);
            _waiting[topic] = new();
            foreach (var record in waiting) Add(record);
            _atEnd[topic] = wasAtEnd;
        }
    }

    public void Clear()
    {
        Array.Clear(_isForgone);
        ForgoneAt = null;
        foreach (var waiting in _waiting) waiting.Clear();
        Array.Clear(_atEnd);
        (Count, _bytes) = (0, 0);
    }

    /// <summary>The topic whose record comes next: that of the earliest broker time; of equal ones the first topic.</summary>
    /// <param name="applied">Where the lane stands.</param>
    /// <param name="until">Takes nothing at or after this place; null: no such bound.</param>
    /// <param name="isForced">Takes the earliest of what came, though an earlier one may still come.</param>
    /// <param name="without">A topic that is left out.</param>
    /// <returns>Null when there is none before that place, or the earliest is not known.</returns>
    public int? Next(InputPosition applied, InputPosition? until, bool isForced, int? without = null)
    {
        var earliest = -1;
        for (var topic = 0; topic < topics; topic++)
        {
            if (topic == without || (until is not null && applied[topic] >= until[topic])) continue;
            if (!_waiting[topic].TryPeek(out var next))
            {
                if (!_atEnd[topic] && !_isForgone[topic] && !isForced) return null;
                continue;
            }
            if (until is not null && next.Offset >= until[topic]) continue;
            if (earliest < 0 || next.Timestamp < _waiting[earliest].Peek().Timestamp) earliest = topic;
        }
        return earliest < 0 ? null : earliest;
    }

    /// <summary>The first record of a topic that has one.</summary>
    public InputRecord Peek(int topic) => _waiting[topic].Peek();

    /// <summary>Takes the first record of a topic that has one.</summary>
    public InputRecord Take(int topic)
    {
        Count--;
        var record = _waiting[topic].Dequeue();
        _bytes -= record.Value.Length;
        return record;
    }

    /// <summary>No record before a place is still to come or to be taken.</summary>
    public bool IsBehind(InputPosition applied, InputPosition place)
    {
        for (var topic = 0; topic < topics; topic++)
        {
            if (applied[topic] >= place[topic]) continue;
            var isPassed = _waiting[topic].TryPeek(out var next) ? next.Offset >= place[topic] : _atEnd[topic] || _isForgone[topic];
            if (!isPassed) return false;
        }
        return true;
    }
}
