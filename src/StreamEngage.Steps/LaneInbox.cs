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

    private long _bytes;

    public int Count { get; private set; }

    /// <summary>Nothing more is to be read for now.</summary>
    public bool IsFull => Count >= recordsMax || _bytes >= bytesMax;

    /// <summary>Half of it is free again.</summary>
    public bool HasRoom => Count <= recordsMax / 2 && _bytes <= bytesMax / 2;

    /// <summary>Nothing waits, and the end of every topic was seen after its last record.</summary>
    public bool IsCaughtUp => Count == 0 && _atEnd.All(atEnd => atEnd);

    public void Add(in InputRecord record)
    {
        _waiting[record.Topic].Enqueue(record);
        _atEnd[record.Topic] = false;
        Count++;
        _bytes += record.Value.Length;
    }

    public void End(int topic) => _atEnd[topic] = true;

    public void Clear()
    {
        foreach (var waiting in _waiting) waiting.Clear();
        Array.Clear(_atEnd);
        (Count, _bytes) = (0, 0);
    }

    /// <summary>
    /// Takes the record of the earliest broker time; of equal ones that of the first topic.
    /// </summary>
    /// <param name="applied">Where the lane stands.</param>
    /// <param name="until">Takes nothing at or after this place; null: no such bound.</param>
    /// <param name="isForced">Takes the earliest of what came, though an earlier one may still come.</param>
    /// <param name="record">The record.</param>
    /// <returns>False when there is none before that place, or the earliest is not known.</returns>
    public bool TryTake(InputPosition applied, InputPosition? until, bool isForced, out InputRecord record)
    {
        var earliest = -1;
        record = default;
        for (var topic = 0; topic < topics; topic++)
        {
            if (until is not null && applied[topic] >= until[topic]) continue;
            if (!_waiting[topic].TryPeek(out var next))
            {
                if (!_atEnd[topic] && !isForced) return false;
                continue;
            }
            if (until is not null && next.Offset >= until[topic]) continue;
            if (earliest < 0 || next.Timestamp < _waiting[earliest].Peek().Timestamp) earliest = topic;
        }
        if (earliest < 0) return false;
        Count--;
        record = _waiting[earliest].Dequeue();
        _bytes -= record.Value.Length;
        return true;
    }

    /// <summary>No record before a place is still to come or to be taken.</summary>
    public bool IsBehind(InputPosition applied, InputPosition place)
    {
        for (var topic = 0; topic < topics; topic++)
        {
            if (applied[topic] >= place[topic]) continue;
            var isPassed = _waiting[topic].TryPeek(out var next) ? next.Offset >= place[topic] : _atEnd[topic];
            if (!isPassed) return false;
        }
        return true;
    }
}
