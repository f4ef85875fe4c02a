namespace StreamEngage.Steps;

/// <summary>
/// What a lane has decided and not published, and which of its steps the journal does not have. Touched by the lane's step and by the instance's
/// publication, which may run at the same time.
/// </summary>
internal sealed class LaneOutbox
{
    private readonly Lock _gate = new();
    private readonly List<OutboxEntry> _waiting = [];
    private readonly List<JournalStep> _steps = [];
    private List<string> _settled = [];
    private long _journalFrom;

    /// <summary>Entries that wait.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _waiting.Count;
        }
    }

    public bool HasSteps
    {
        get
        {
            lock (_gate) return _steps.Count > 0;
        }
    }

    /// <summary>What an acquired lane begins with: entries that the journal has are settled, the others wait.</summary>
    public void Begin(IEnumerable<OutboxEntry> entries, IReadOnlySet<string> published, long journalFrom)
    {
        lock (_gate)
        {
            _waiting.Clear();
            _steps.Clear();
            _settled = [];
            _journalFrom = journalFrom;
            foreach (var entry in entries)
            {
                if (published.Contains(entry.Key)) _settled.Add(entry.Key);
                else _waiting.Add(entry);
            }
        }
    }

    /// <summary>Keys that a step may remove from the store, and where its successor reads the journal from once they are gone.</summary>
    public (List<string> Keys, long JournalFrom) Settled()
    {
        lock (_gate) return (_settled, _journalFrom);
    }

    /// <summary>A step is written: what it added waits, what it removed is forgotten, and the journal is owed it.</summary>
    /// <param name="write">The step.</param>
    /// <param name="journal">What the journal is to tell of it; null: it has it already.</param>
    public void Written(StepWrite write, JournalStep? journal)
    {
        lock (_gate)
        {
            _waiting.AddRange(write.Added);
            _settled = _settled.Count == write.Trimmed.Count ? [] : [.. _settled.Skip(write.Trimmed.Count)];
            if (journal is not null) _steps.Add(journal);
        }
    }

    /// <summary>What waits now, for one publication.</summary>
    public (OutboxEntry[] Entries, JournalStep[] Steps) Waiting()
    {
        lock (_gate) return ([.. _waiting], [.. _steps]);
    }

    /// <summary>A publication is visible for certain.</summary>
    public void Published(IReadOnlyList<OutboxEntry> entries, int steps, long journalEnd)
    {
        lock (_gate)
        {
            _waiting.RemoveRange(0, entries.Count);
            _steps.RemoveRange(0, steps);
            // A step that is being written has the list that stands now: a new one, so that it trims no more than its head allows for.
            _settled = [.. _settled, .. entries.Select(entry => entry.Key)];
            _journalFrom = journalEnd;
        }
    }
}
