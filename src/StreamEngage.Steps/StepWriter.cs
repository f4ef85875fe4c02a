using StreamEngage.Steps.Reigns;

namespace StreamEngage.Steps;

/// <summary>Runs a gathered step and writes down everything that it changes.</summary>
internal sealed class StepWriter(LaneParts parts, LaneOutbox outbox)
{
    private OutboxWriter _entries = new(parts.Topics);
    private LaneReigns? _reigns;

    /// <param name="step">Gathered and loaded; it gets its head.</param>
    /// <param name="engine">The lane's.</param>
    /// <param name="mark">The owner, and where the store stands.</param>
    /// <param name="published">Keys that the journal has already.</param>
    public StepWrite Run(LaneStep step, LaneEngine engine, LaneMark mark, IReadOnlySet<string> published)
    {
        if (_reigns != engine.Reigns) WriteFor(engine.Reigns);
        var output = engine.Run(step.Tick);
        var (settled, journalFrom) = outbox.Settled();
        var next = step.Before.NextEntry;
        var added = new List<OutboxEntry>();
        foreach (var (record, refused) in step.Refused) added.Add(_entries.Refused(record, refused, next++));
        foreach (var prompt in output.Prompts) added.Add(_entries.Prompt(prompt, next++));
        var withdrawn = Withdraw(step, engine.OptOuts(), added);
        foreach (var entry in withdrawn) added.Add(OutboxWriter.Withdrawn(entry.Key, next++));
        if (parts.Topics.Decisions is not null)
            foreach (var decision in output.Decisions) added.Add(_entries.Decision(decision, next++));
        if (step.IsNumbered)
            foreach (var message in engine.Messages()) added.Add(_entries.Message(message, next++));
        // What the lane tells others is numbered by the engine that ends.
        if (step.Change is { } change) step.Successor = engine.Under(change, parts.NewDecoder(change.Rulebook.Schema));
        var left = step.Successor ?? engine;
        var journaled = step.Told ?? JournalStep.After(step.Before.Lineage, step.Number, step.Applied, step.Tick?.UnixMilliseconds, left.Reigns.Version)
            .Taking(step.UserRate, step.Unfit);
        if (step.IsNumbered && step.Told is null) added.Add(OutboxWriter.Step(journaled, next++));
        if (published.Count > 0) added.RemoveAll(entry => published.Contains(entry.Key));
        step.Head = new()
        {
            Number = step.Number,
            Lineage = step.IsNumbered ? journaled.Lineage : step.Before.Lineage,
            Epoch = step.Before.Epoch,
            Applied = step.Applied,
            Source = left.Source(),
            Exchange = left.Exchange(),
            Buckets = left.Buckets(),
            PendingTick = step.PendingTick?.UnixMilliseconds,
            NextEntry = next,
            JournalFrom = journalFrom,
            Rulebook = left.Reigns.Version,
            Reigns = (left.Reigns.Oldest, left.Reigns.Now.Number),
        };
        return new()
        {
            Step = mark.Step + 1,
            StepId = $"{mark.Token}:{mark.Step + 1}",
            Head = step.Head.Encode(),
            Users = Changes(step, engine),
            Added = added,
            Trimmed = withdrawn.Count == 0 ? settled : [.. settled, .. withdrawn.Select(entry => entry.Key)],
        };
    }

    /// <summary>Channels, and so topics, are the rulebook's.</summary>
    private void WriteFor(LaneReigns reigns)
    {
        _reigns = reigns;
        _entries = new(reigns.Now.Number == 0 ? parts.Topics : parts.Topics with { Channels = reigns.Rulebook.Definition.Policy.Channels });
    }

    /// <summary>Takes away what users have opted out of: of what this step adds at once, of what waits with this step.</summary>
    private List<OutboxEntry> Withdraw(LaneStep step, OptOuts optOuts, List<OutboxEntry> added)
    {
        step.Withdrawn = 0;
        if (optOuts.AreNone) return [];
        step.Withdrawn = added.RemoveAll(entry => OutboxWriter.IsForbidden(entry, optOuts));
        var withdrawn = outbox.Withdraw(entry => OutboxWriter.IsForbidden(entry, optOuts));
        step.Withdrawn += withdrawn.Count;
        return withdrawn;
    }

    private static List<UserWrite> Changes(LaneStep step, LaneEngine engine)
    {
        var changes = engine.Changes(step.Before.Epoch);
        if (step.Change is { } change) changes.AddRange(change.WritesAfter(engine.Reigns)!);
        if (step.Strangers.Count == 0) return changes;
        var changed = changes.Select(change => change.User).ToHashSet();
        changes.AddRange(step.Strangers.Where(changed.Add).Select(stranger => new UserWrite(stranger, default, null)));
        return changes;
    }
}
