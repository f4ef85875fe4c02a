using StreamEngage.Rules;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Everything worth saying about a rulebook: what refuses it, and what its author probably did not mean.</summary>
internal static class Linter
{
    /// <summary>The problems of reading and, when there is a rulebook, the warnings about it; by file, line and column.</summary>
    /// <param name="reading">What reading gave; with errors nothing further is looked for.</param>
    /// <param name="models">Names of models deployed besides the rulebook's own; null or empty: none.</param>
    public static IReadOnlyList<Problem> Check(RulebookReading reading, IReadOnlyCollection<string>? models = null)
    {
        if (reading.Definition is not { } rulebook)
            return reading.Problems;
        var findings = new Findings();
        if (rulebook.Triggers.Count == 0 && rulebook.Segments.Count == 0)
            findings.Warn(new SourcePosition("*.yaml", 1, 1), "no-trigger", "the folder has no trigger, so nothing is ever decided");
        new ConditionLint(rulebook, RulebookTypes.ModelsKnown(rulebook, models), findings).Check();
        new ModelLint(rulebook, findings).Check();
        new NameLint(rulebook, findings).Check();
        new DrainLint(rulebook, findings).Check();
        new LifecycleLint(rulebook, findings).Check();
        new TemplateLint(rulebook, findings).Check();
        foreach (var trigger in rulebook.Triggers)
            Check(trigger, rulebook, findings);
        return RulebookDraft.InOrder(reading.Problems.Concat(findings.Problems));
    }

    private static void Check(TriggerDefinition trigger, RulebookDefinition rulebook, Findings findings)
    {
        var terms = new TriggerTerms(trigger, rulebook, null);
        new ExitLint(trigger, terms, findings).Check();
        new TimingLint(trigger, rulebook.Policy, findings).Check();
        new JourneyLint(trigger, terms, findings).Check();
        new OutcomeLint(trigger, findings).Check();
        if (trigger.On is PatternOn pattern)
            new PatternLint(trigger, pattern, terms, findings).Check();
    }
}
