namespace StreamEngage.Steps;

/// <summary>Runs a gathered step and writes down everything that it changes.</summary>
internal sealed class StepWriter(LaneParts parts, LaneOutbox outbox)
{
    private readonly OutboxWriter _entries = new(parts.Topics);

    /// <param name="step">Gathered and loaded; it gets its head.</param>
    /// <param name="engine">The lane's.</param>
    /// <param name="mark">The owner, and where the store stands.</param>
    /// <param name="published">Keys that the journal has already.</param>
    public StepWrite Run(LaneStep step, LaneEngine engine, LaneMark mark, IReadOnlySet<string> published)
    {
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
        var journaled = step.Told ?? JournalStep.After(step.Before.Lineage, step.Number, step.Applied, step.Tick?.UnixMilliseconds, parts.RulebookVersion);
        if (step.IsNumbered && step.Told is null) added.Add(OutboxWriter.Step(journaled, next++));
        if (published.Count > 0) added.RemoveAll(entry => published.Contains(entry.Key));
        step.Head = new()
        {
            Number = step.Number,
            Lineage = step.IsNumbered ? journaled.Lineage : step.Before.Lineage,
            Epoch = step.Before.Epoch,
            Applied = step.Applied,
            Source = engine.Source(),
            Exchange = engine.Exchange(),
            PendingTick = step.PendingTick?.UnixMilliseconds,
            NextEntry = next,
            JournalFrom = journalFrom,
            Rulebook = parts.RulebookVersion,
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
        if (step.Strangers.Count == 0) return changes;
        var changed = changes.Select(change => change.User).ToHashSet();
        changes.AddRange(step.Strangers.Where(changed.Add).Select(stranger => new UserWrite(stranger, default, null)));
        return changes;
    }
}
