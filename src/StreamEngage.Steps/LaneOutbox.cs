namespace StreamEngage.Steps;

/// <summary>
/// What a lane has decided and not published, its own steps among it: the journal is owed them. Touched by the lane's step and by the instance's
/// publication, which may run at the same time.
/// </summary>
internal sealed class LaneOutbox
{
    private readonly Lock _gate = new();
    private readonly List<OutboxEntry> _waiting = [];
    private readonly HashSet<string> _withdrawn = new(StringComparer.Ordinal);
    private List<string> _settled = [];
    private long _journalFrom;
    // Entries that wait and are more than a step of the lane, and how many of these the last publication had to leave.
    private int _records;
    private int _left;

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    /// <summary>Entries that somebody but the journal waits for.</summary>
    public bool HasRecords
    {
        get
        {
            lock (_gate) return _records > 0;
        }
    }

    /// <summary>Some of these came after the last publication left what must not be published now.</summary>
    public bool HasNewRecords
    {
        get
        {
            lock (_gate) return _records > _left;
        }
    }

    /// <summary>A publication begins without so many entries, which must not be published now.</summary>
    public void Leave(int records)
    {
        lock (_gate) _left = records;
    }

    /// <summary>What an acquired lane begins with: entries that the journal has are settled, the others wait.</summary>
    public void Begin(IEnumerable<OutboxEntry> entries, IReadOnlySet<string> published, long journalFrom)
    {
        lock (_gate)
        {
            _waiting.Clear();
            _withdrawn.Clear();
            _settled = [];
            _journalFrom = journalFrom;
            foreach (var entry in entries)
            {
                if (published.Contains(entry.Key)) _settled.Add(entry.Key);
                else _waiting.Add(entry);
            }
            (_records, _left) = (_waiting.Count(IsRecord), 0);
        }
    }

    /// <summary>Keys that a step may remove from the store, and where its successor reads the journal from once they are gone.</summary>
    public (List<string> Keys, long JournalFrom) Settled()
    {
        lock (_gate) return (_settled, _journalFrom);
    }

    /// <summary>Takes out of every publication that begins from now on what must not be published. The step that found it removes it from the store.</summary>
    public List<OutboxEntry> Withdraw(Predicate<OutboxEntry> isForbidden)
    {
        lock (_gate)
        {
            var withdrawn = _waiting.FindAll(entry => isForbidden(entry) && _withdrawn.Add(entry.Key));
            return withdrawn;
        }
    }

    /// <summary>A step is written: what it added waits, what it removed is forgotten.</summary>
    public void Written(StepWrite write)
    {
        lock (_gate)
        {
            _waiting.AddRange(write.Added);
            _records += write.Added.Count(IsRecord);
            if (write.Trimmed.Count == 0) return;
            var trimmed = write.Trimmed.ToHashSet(StringComparer.Ordinal);
            _settled = [.. _settled.Where(key => !trimmed.Contains(key))];
            if (_withdrawn.RemoveWhere(trimmed.Contains) > 0) _left = Math.Max(0, _left - Remove(trimmed));
        }
    }

    /// <summary>What waits now, for one publication.</summary>
    public OutboxEntry[] Waiting()
    {
        lock (_gate) return _withdrawn.Count == 0 ? [.. _waiting] : [.. _waiting.Where(entry => !_withdrawn.Contains(entry.Key))];
    }

    /// <summary>A publication is visible for certain.</summary>
    public void Published(IReadOnlyList<OutboxEntry> entries, long journalEnd)
    {
        lock (_gate)
        {
            var keys = entries.Select(entry => entry.Key).ToHashSet(StringComparer.Ordinal);
            Remove(keys);
            // A step that is being written has the list that stands now: a new one, so that it trims no more than its head allows for.
            _settled = [.. _settled, .. entries.Select(entry => entry.Key)];
            _journalFrom = journalEnd;
        }
    }

    private static bool IsRecord(OutboxEntry entry) => !OutboxWriter.IsStep(entry);

    /// <returns>How many were more than a step.</returns>
    private int Remove(HashSet<string> keys)
    {
        _waiting.RemoveAll(entry => keys.Contains(entry.Key));
        var before = _records;
        _records = _waiting.Count(IsRecord);
        return before - _records;
    }
}
