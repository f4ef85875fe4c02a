using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks.Lint;

/// <summary>Steps that no journey comes to, that come to nothing, or that an exit always overtakes.</summary>
internal sealed class JourneyLint(TriggerDefinition trigger, TriggerTerms terms, Findings findings)
{
    public void Check()
    {
        if (trigger.Steps.Count == 0)
            return;
        var all = JourneySteps.All(trigger.Steps).ToList();
        if (!all.OfType<PromptStep>().Any())
            findings.Warn(trigger.PlaceOf("steps"), "no-prompt", "no step prompts: nobody will ever see anything of this journey");
        CheckOrder(trigger.Steps);
        foreach (var wait in all.OfType<WaitUntilStep>())
        {
            CheckOvertaken(wait);
            CheckWatched(wait);
        }
    }

    private void CheckOrder(IReadOnlyList<JourneyStep> steps)
    {
        for (var i = 0; i + 1 < steps.Count; i++)
        {
            if (Ends(steps[i]))
            {
                findings.Warn(steps[i + 1].At, "unreachable-step", $"no journey comes past step '{steps[i].Name}': take this step out, or that exit");
                break;
            }

            if (steps[i] is PromptStep && steps[i + 1] is PromptStep && trigger.Decide.Purpose != "transactional")
                findings.Warn(steps[i + 1].At, "prompts-at-once", $"steps '{steps[i].Name}' and '{steps[i + 1].Name}' are decided at the same instant, of "
                    + "which at the most one is sent; put a 'wait' between them, or a 'branch' around them");
        }

        foreach (var inner in steps.SelectMany(JourneySteps.Inside))
            CheckOrder(inner);
    }

    /// <summary>Whatever happens, the journey ends there.</summary>
    private static bool Ends(JourneyStep step) => step switch
    {
        ExitStep => true,
        BranchStep branch => branch.Arms[^1].If is null && branch.Arms.All(arm => arm.Steps.Any(Ends)),
        _ => false,
    };

    private void CheckOvertaken(WaitUntilStep wait)
    {
        if (wait.Event is not { } awaited)
            return;
        var endings = trigger.Goal is { } goal ? trigger.Exits.Append(goal.Event) : trigger.Exits;
        var truth = new ConditionTruth(terms.Scope("a wait", [awaited.Type]), awaited.Alias);
        if (endings.FirstOrDefault(exit => exit.Type == awaited.Type && truth.Implies(awaited.Where, exit.Where)) is { } exit)
            findings.Warn(awaited.At, "exit-before-wait", $"'{awaited.Type}' ends the journey (line {exit.At.Line}) before it could end this wait; "
                + "take it out of 'exit' or 'goal', or wait for another event");
    }

    /// <summary>A condition that no event changes is read when the step is reached and when the time is over, and never between.</summary>
    private void CheckWatched(WaitUntilStep wait)
    {
        if (wait.If is { } condition && !ExpressionTree.Terms(condition).Any(IsMovedByEvents))
            findings.Warn(condition.At, "unwatched-condition", $"no event changes `{ExpressionText.Readable(condition)}`: it is read when the step is reached "
                + $"and once more {DurationText.Format(wait.ForMilliseconds)} later, never between");
    }

    private static bool IsMovedByEvents(Expression term) => term switch
    {
        WindowExpression => true,
        CallExpression { Function: "since" or "segment" } => true,
        NameExpression { Scope: "user" or "session" } => true,
        _ => false,
    };
}
