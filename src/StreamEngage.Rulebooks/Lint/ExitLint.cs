using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Exits and goals that the very event which begins an instance already meets, and absences of the arming event.</summary>
internal sealed class ExitLint(TriggerDefinition trigger, TriggerTerms terms, Findings findings)
{
    public void Check()
    {
        const string consequence = "and exit it in the same step; exit on another event or filter it";
        var entries = Entries().ToList();
        foreach (var entry in entries.Where(entry => entry.Type == "erase"))
            findings.Warn(entry.At, "erase-is-unseen", "no trigger sees 'erase', which forgets the user; listen to another event");
        var isAnyEvent = trigger.On is SilenceOn { Of.Count: 0 };
        // An exit comes before the entry of the same event: it ends the journey of before, and the event begins another.
        var restarts = trigger.Steps.Count > 0 && trigger.On is EventOn;
        foreach (var exit in restarts ? [] : trigger.Exits)
            Report(isAnyEvent ? [new EventSelector(trigger.On.At, exit.Type)] : entries, exit, "exit-at-entry", consequence);
        if (trigger.Goal is { } goal && !restarts)
            Report(entries, goal.Event, "goal-at-entry", "and be its goal already; name another event or filter it");
        if (trigger.On is AbsenceOn absence)
        {
            foreach (var of in absence.Of)
                Report([absence.After], of, "absence-of-itself", "and cancel the absence it arms; leave it out of 'of' and use 'repeat: restart'");
        }
    }

    /// <summary>The events that make a candidate, or arm what makes one.</summary>
    private IEnumerable<EventSelector> Entries() => trigger.On switch
    {
        EventOn on => [on.Event],
        AbsenceOn on => [on.After],
        SilenceOn on => on.Of,
        PatternOn on => LastSteps(on),
        _ => [],
    };

    private static IEnumerable<EventSelector> LastSteps(PatternOn pattern)
    {
        foreach (var step in pattern.Steps.Reverse())
        {
            if (!step.Negated)
                yield return step.Event;
            if (!step.Negated && !step.Optional)
                yield break;
        }
    }

    private void Report(IEnumerable<EventSelector> entries, EventSelector exit, string code, string consequence)
    {
        var met = entries.FirstOrDefault(entry => Meets(entry, exit));
        if (met is not null)
            findings.Warn(exit.At, code, $"every '{met.Type}' of line {met.At.Line} would begin an instance {consequence}");
    }

    private bool Meets(EventSelector entry, EventSelector exit) =>
        entry.Type == exit.Type && new ConditionTruth(terms.Scope("an exit", [entry.Type]), entry.Alias).Implies(entry.Where, exit.Where);
}
