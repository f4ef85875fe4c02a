using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rules;

/// <summary>One step of a journey, in the order written. A journey only goes on: no step is reached twice.</summary>
/// <param name="At">Where it is written.</param>
/// <param name="Name">Unique in its trigger: what the author calls it, or else its place, such as <c>4.1</c>.</param>
internal abstract record JourneyStep(SourcePosition At, string Name)
{
    /// <summary>Where it stands among the trigger's steps: <c>steps[3].branch[0].steps[1]</c>.</summary>
    public string Path { get; init; } = "";
}

/// <summary>Makes a candidate and goes on, whatever becomes of it.</summary>
internal sealed record PromptStep(SourcePosition At, string Name, PromptDefinition Prompt) : JourneyStep(At, Name)
{
    /// <summary>Gate 1 of its candidates; null: always holds.</summary>
    public Expression? If { get; init; }

    /// <summary>Where it may prompt; null: where the trigger may.</summary>
    public IReadOnlyList<string>? Channels { get; init; }

    /// <summary>Milliseconds from the decision to the prompt's notAfter; null: as the trigger says.</summary>
    public long? ExpiresMilliseconds { get; init; }
}

/// <summary>Goes on a time later.</summary>
internal sealed record WaitStep(SourcePosition At, string Name, long Milliseconds) : JourneyStep(At, Name);

/// <summary>
/// Goes on when what it waits for is there, up to <see cref="ForMilliseconds"/> after it was reached, that instant included; else with <see cref="Timeout"/>.
/// </summary>
internal sealed record WaitUntilStep(SourcePosition At, string Name, long ForMilliseconds) : JourneyStep(At, Name)
{
    /// <summary>The event it waits for; null where it waits for <see cref="If"/>.</summary>
    public EventSelector? Event { get; init; }

    /// <summary>The condition it waits for; null where it waits for <see cref="Event"/>.</summary>
    public Expression? If { get; init; }

    /// <summary>Steps taken when it did not come, before the journey goes on. Empty: it goes on at once.</summary>
    public IReadOnlyList<JourneyStep> Timeout { get; init; } = [];
}

/// <summary>Takes the steps of the first arm whose condition holds, then goes on.</summary>
internal sealed record BranchStep(SourcePosition At, string Name, IReadOnlyList<BranchArm> Arms) : JourneyStep(At, Name);

/// <summary>One way of a branch.</summary>
/// <param name="At">Where it is written.</param>
/// <param name="If">When it is taken; null for <c>else</c>.</param>
/// <param name="Steps">What is done then.</param>
internal sealed record BranchArm(SourcePosition At, Expression? If, IReadOnlyList<JourneyStep> Steps);

/// <summary>Ends the journey.</summary>
internal sealed record ExitStep(SourcePosition At, string Name) : JourneyStep(At, Name);

/// <summary>Where a journey that began under an older version of its trigger goes on.</summary>
/// <param name="At">Where it is written.</param>
/// <param name="From">The older version.</param>
internal sealed record MigrationDefinition(SourcePosition At, int From)
{
    /// <summary>Name of the step in this version by the name of the step in the older one.</summary>
    public IReadOnlyDictionary<string, string> Steps { get; init; } = new Dictionary<string, string>();

    /// <summary>One that waits at a step not named goes on at the step of the same name; else, and by default, it ends.</summary>
    public bool StaysByName { get; init; }
}

/// <summary>Walks the steps of a trigger.</summary>
internal static class JourneySteps
{
    /// <summary>The steps and all steps in them, in the order written.</summary>
    public static IEnumerable<JourneyStep> All(IReadOnlyList<JourneyStep> steps) =>
        steps.SelectMany(step => Inside(step).SelectMany(All).Prepend(step));

    /// <summary>The lists of steps in a step.</summary>
    public static IEnumerable<IReadOnlyList<JourneyStep>> Inside(JourneyStep step) => step switch
    {
        WaitUntilStep wait => [wait.Timeout],
        BranchStep branch => branch.Arms.Select(arm => arm.Steps),
        _ => [],
    };

    /// <summary>Every condition and value of a step, those of the steps in it left out.</summary>
    public static IEnumerable<Expression> Expressions(JourneyStep step)
    {
        IEnumerable<Expression?> found = step switch
        {
            PromptStep prompt => prompt.Prompt.Data.Select(field => (Expression?)field.Value).Prepend(prompt.If),
            WaitUntilStep wait => [wait.If, wait.Event?.Where],
            BranchStep branch => branch.Arms.Select(arm => arm.If),
            _ => [],
        };
        return found.OfType<Expression>();
    }

    /// <summary>The trigger as a candidate of a prompt step sees it: the step's condition, prompt, channels and time in place of the trigger's.</summary>
    public static TriggerDefinition SeenBy(TriggerDefinition trigger, PromptStep step) => trigger with
    {
        Step = step.Name,
        Steps = [],
        If = step.If,
        Prompt = step.Prompt,
        Decide = trigger.Decide with
        {
            Channels = step.Channels ?? trigger.Decide.Channels,
            ExpiresMilliseconds = step.ExpiresMilliseconds ?? trigger.Decide.ExpiresMilliseconds,
        },
    };

    /// <summary>The steps with every prompt step, wherever it stands, replaced.</summary>
    public static IReadOnlyList<JourneyStep> Replaced(IReadOnlyList<JourneyStep> steps, Func<PromptStep, PromptStep> replace) =>
        [.. steps.Select(step => Replaced(step, replace))];

    private static JourneyStep Replaced(JourneyStep step, Func<PromptStep, PromptStep> replace) => step switch
    {
        PromptStep prompt => replace(prompt),
        WaitUntilStep wait => wait with { Timeout = Replaced(wait.Timeout, replace) },
        BranchStep branch => branch with { Arms = [.. branch.Arms.Select(arm => arm with { Steps = Replaced(arm.Steps, replace) })] },
        _ => step,
    };

    /// <summary>The events it waits for, in the order written.</summary>
    public static IEnumerable<EventSelector> Awaited(TriggerDefinition trigger) =>
        All(trigger.Steps).OfType<WaitUntilStep>().Select(wait => wait.Event).OfType<EventSelector>();
}
