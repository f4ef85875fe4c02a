using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>What a new owner of a lane finds: what the store has of it and what the journal tells.</summary>
/// <param name="Record">From the store.</param>
/// <param name="Head">Where the lane goes on; null when it must not.</param>
/// <param name="Journal">From where the store may not know it.</param>
/// <param name="Problem">Why the lane must not go on; null: it may.</param>
internal sealed record LaneTakeover(LaneRecord Record, LaneHead? Head, JournalTail Journal, string? Problem = null)
{
    /// <summary>The rulebooks that were in force in the lane; null where it must not go on.</summary>
    public LaneReigns? Reigns { get; private init; }

    /// <summary>The journal's records.</summary>
    public IReadOnlyList<JournalRecord> Told { get; } = Of(Journal);

    /// <summary>
    /// Steps that the journal has and the store lost, in order. The same step stands twice where a publication was repeated without a transaction.
    /// </summary>
    public IEnumerable<JournalStep> Lost => Told.SelectMany(part => part.Steps).Where(step => step.Number > (Head?.Number ?? 0))
        .DistinctBy(step => step.Number).OrderBy(step => step.Number);

    /// <summary>Makes the token the lane's owner, then reads. The journal comes after the token: nobody adds steps to the store any more.</summary>
    public static async Task<LaneTakeover> ReadAsync(int lane, string token, LaneParts parts, CancellationToken stop)
    {
        var record = await parts.Store.AcquireAsync(lane, token, stop);
        var head = record.Head.IsEmpty ? null : LaneHead.Decode(record.Head.Span);
        if (head is null && !record.Head.IsEmpty)
            return new(record, null, new([], 0), "the lane was written by a newer version of the engine: run that one, which reads what this one wrote");
        var journal = await parts.Log.ReadJournalAsync(lane, head?.JournalFrom ?? 0, stop);
        if (head is not null && Differ(head, record.Outbox, journal))
        {
            // What a zombie wrote can never be published: the lane is built again, from the beginning, in another epoch.
            journal = await parts.Log.ReadJournalAsync(lane, 0, stop);
            head = Fresh(await parts.Input.BeginningAsync(lane, stop), parts) with { Epoch = head.Epoch + 1 };
        }
        head ??= Fresh(await parts.Input.BeginningAsync(lane, stop), parts);
        var (inputs, read) = (parts.Topics.Inputs.Count, parts.Topics.Read.Count);
        // Written before lanes told each other anything: of that it has read nothing.
        if (head.Applied.Count == inputs && inputs < read) head = head with { Applied = (await parts.Input.BeginningAsync(lane, stop)).After(head.Applied) };
        if (head.Applied.Count != read)
            return new(record, null, journal, $"the lane was written with {head.Applied.Count - 1} input topics, the settings name {inputs}");
        return await ReignsAsync(lane, token, head, parts, stop) is { } reigns
            ? new(record, head, journal) { Reigns = reigns }
            : new(record, null, journal, $"rulebook {head.Rulebook}, which the lane was told of, has errors for this version of the engine, or is broken");
    }

    /// <summary>What was published goes on to be in force, whatever the settings name: an old folder takes nothing back.</summary>
    private static async Task<LaneReigns?> ReignsAsync(int lane, string token, LaneHead head, LaneParts parts, CancellationToken stop)
    {
        var (oldest, now) = head.Reigns;
        if (now == 0) return LaneReigns.Of(parts.Rulebook, parts.Text);
        var names = Enumerable.Range(oldest, now - oldest + 1).Select(LaneReign.NameOf).ToList();
        var loaded = await parts.Store.LoadAsync(lane, names, dueThrough: null, dueMax: 0, stop);
        if (loaded.Mark.Token != token) throw new StoreFailedException("another owner has the lane");
        LaneReigns? reigns = null;
        await parts.Aside(() => reigns = LaneReigns.Read(oldest, loaded.Records, parts.Shelf));
        return reigns;
    }

    /// <summary>The store and the journal tell of different steps under one number.</summary>
    private static bool Differ(LaneHead head, IReadOnlyList<OutboxEntry> outbox, JournalTail journal)
    {
        var stored = outbox.Where(OutboxWriter.IsStep).SelectMany(entry => JournalRecord.Decode(entry.Record)!.Steps)
            .ToDictionary(step => step.Number, step => step.Lineage);
        stored[head.Number] = head.Lineage;
        return Of(journal).SelectMany(part => part.Steps).Any(step => stored.TryGetValue(step.Number, out var lineage) && lineage != step.Lineage);
    }

    private static List<JournalRecord> Of(JournalTail journal) => [.. journal.Records.Select(JournalRecord.Decode).OfType<JournalRecord>()];

    private static LaneHead Fresh(InputPosition beginning, LaneParts parts) =>
        new() { Number = 0, Applied = beginning, Source = default, Rulebook = parts.Text.Version };
}
