using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Steps of patterns that cannot be reached or do nothing, and patterns that never let go.</summary>
internal sealed class PatternLint(TriggerDefinition trigger, PatternOn pattern, TriggerTerms terms, Findings findings)
{
    public void Check()
    {
        for (var i = 0; i < pattern.Steps.Count; i++)
        {
            CheckReached(i);
            CheckLoop(pattern.Steps[i]);
            CheckUntil(pattern.Steps[i]);
            CheckWithin(i);
        }

        CheckBounded();
    }

    private void CheckReached(int index)
    {
        var step = pattern.Steps[index];
        if (step.Negated)
            return;
        for (var i = index - 1; i >= 0 && pattern.Steps[i].Negated; i--)
        {
            var not = pattern.Steps[i];
            var strict = not.Contiguity == Contiguity.Next;
            var kills = not.Event.Type == step.Event.Type && (!strict || step.Contiguity == Contiguity.Next)
                && Truth(step).Implies(step.Event.Where, not.Event.Where);
            if (kills)
                findings.Warn(step.At, "unreachable-step", $"this step is never taken: the '{step.Event.Type}' it waits for is refused by "
                    + $"the 'not' in line {not.At.Line} before it");
        }
    }

    private ConditionTruth Truth(PatternStep step) => new(terms.Scope("a step", [step.Event.Type]), step.Event.Alias);

    private void CheckLoop(PatternStep step)
    {
        if (step.Negated || step.TimesMax is not 1)
            return;
        var useless = step.Greedy ? "greedy" : step.Until is not null ? "until" : step.Loop != Contiguity.Then ? "loop" : null;
        if (useless is not null)
            findings.Warn(step.At, "not-a-loop", $"'{useless}' does nothing on a step taken once; add 'times', such as 1..");
    }

    private void CheckUntil(PatternStep step)
    {
        if (step.Until is not { } until)
            return;
        var isType = new BinaryExpression(
            until.At,
            BinaryOperator.Equal,
            new NameExpression(until.At, "event", "type"),
            new LiteralExpression(until.At, Rules.Expressions.ValueType.Text, 0, step.Event.Type));
        var taken = step.Event.Where is { } where ? new BinaryExpression(until.At, BinaryOperator.And, isType, where) : isType;
        if (Truth(step).Implies(taken, until))
            findings.Warn(until.At, "until-at-once", $"every '{step.Event.Type}' this step could take already satisfies 'until', so it takes none");
    }

    private void CheckWithin(int index)
    {
        if (pattern.Steps[index].WithinMilliseconds is not { } within)
            return;
        var at = trigger.PlaceOf($"on.pattern[{index}].within");
        if (index == 0)
            findings.Warn(at, "within-first", "'within' on the first step has no step to count from; put it on the next one or on the pattern");
        else if (pattern.WithinMilliseconds is { } whole && within > whole)
            findings.Warn(at, "within-beyond", $"'within' {DurationText.Format(within)} is never the limit: the whole pattern has "
                + $"{DurationText.Format(whole)}");
    }

    private void CheckBounded()
    {
        if (pattern.WithinMilliseconds is not null)
            return;
        var index = pattern.Steps.ToList().FindIndex(s => s.TimesMax is null || (s.TimesMax > 1 && s.Loop != Contiguity.Next));
        if (index < 0)
        {
            CheckWaits();
            return;
        }

        var step = pattern.Steps[index];
        var rest = index + 1 < pattern.Steps.Count ? "rest of the loop" : "next ones";
        WarnUnbounded(step, $"one '{step.Event.Type}' is kept for the {rest} for ever", "to the pattern");
    }

    private void CheckWaits()
    {
        var waiting = pattern.Steps.Skip(1).FirstOrDefault(s => !s.Negated && s.Contiguity != Contiguity.Next && s.WithinMilliseconds is null);
        if (waiting is not null)
            WarnUnbounded(waiting, $"what came before waits for a '{waiting.Event.Type}' for ever", "to the pattern or to this step");
    }

    private void WarnUnbounded(PatternStep step, string what, string where) => findings.Warn(
        step.At, "unbounded-pattern", $"the pattern has no 'within': {what}, and of 64 partial matches the oldest is dropped; add 'within' {where}");
}
