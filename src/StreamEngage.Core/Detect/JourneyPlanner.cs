using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Detect;

/// <summary>Compiles the steps of one trigger.</summary>
internal sealed class JourneyPlanner
{
    private readonly EventSchema _schema;
    private readonly ExpressionCompiler _expressions;
    private readonly CompiledTrigger _trigger;
    private readonly NameBinding _names;
    private readonly List<JourneyPlace> _places = [];
    private int _prompts;

    /// <param name="schema">Of the rulebook.</param>
    /// <param name="expressions">Of the rulebook.</param>
    /// <param name="trigger">Whose steps.</param>
    /// <param name="atEntry">Names in what is read of a match.</param>
    public JourneyPlanner(EventSchema schema, ExpressionCompiler expressions, CompiledTrigger trigger, NameBinding atEntry)
    {
        (_schema, _expressions, _trigger) = (schema, expressions, trigger);
        foreach (var awaited in JourneySteps.Awaited(trigger.Definition))
            if (awaited.Alias is { } alias) trigger.Captures.TakeLater(alias);
        _names = NamesOf(atEntry);
    }

    public required WindowPlan Windows { get; init; }

    /// <summary>The windows that make the members of the segments that expressions read.</summary>
    public required Func<IEnumerable<Expression>, IEnumerable<WindowReach>> SegmentReads { get; init; }

    /// <summary>The channels a prompt step may use.</summary>
    public required Func<IReadOnlyList<string>, CompiledChannel[]> Channels { get; init; }

    public JourneyPlan Plan()
    {
        Add(_trigger.Definition.Steps);
        _places.Add(new(JourneyMove.End, ""));
        return new([.. _places]);
    }

    /// <summary>What a step reads of events was captured before: <c>event</c> at the entry, an alias of a step when that step's event came.</summary>
    private NameBinding NamesOf(NameBinding atEntry)
    {
        var types = new Dictionary<string, IReadOnlyList<int>>(atEntry.AliasTypes);
        if (atEntry.OwnAlias is { } own) types[own] = atEntry.EventTypes;
        foreach (var awaited in JourneySteps.Awaited(_trigger.Definition))
            if (awaited.Alias is { } alias) types[alias] = [_schema.AddType(awaited.Type)];
        return new(atEntry.EventTypes) { EventIsCurrent = false, Captures = _trigger.Captures, AliasTypes = types };
    }

    private void Add(IReadOnlyList<JourneyStep> steps)
    {
        foreach (var step in steps) Add(step);
    }

    private void Add(JourneyStep step)
    {
        switch (step)
        {
            case PromptStep prompt: Put(new(JourneyMove.Prompt, step.Name) { Prompt = Seen(prompt) }); break;
            case WaitStep wait: Put(new(JourneyMove.Wait, step.Name) { Milliseconds = wait.Milliseconds }); break;
            case WaitUntilStep wait: Add(wait); break;
            case BranchStep branch: Add(branch); break;
            case ExitStep: Put(new(JourneyMove.End, step.Name)); break;
            default: throw new ArgumentException($"{step.At}: no step {step.GetType().Name}.");
        }
    }

    private JourneyPlace Put(JourneyPlace place)
    {
        _places.Add(place);
        place.Next = place.Else = _places.Count;
        return place;
    }

    private void Add(WaitUntilStep wait)
    {
        var place = Put(wait.Event is { } awaited ? ForEvent(wait, awaited) : ForCondition(wait));
        Add(wait.Timeout);
        place.Next = _places.Count;
    }

    private JourneyPlace ForEvent(WaitUntilStep wait, EventSelector awaited)
    {
        var type = _schema.AddType(awaited.Type);
        var names = _names with { EventTypes = [type], OwnAlias = awaited.Alias, EventIsCurrent = true };
        return new(JourneyMove.WaitForEvent, wait.Name)
        {
            Milliseconds = wait.ForMilliseconds,
            Type = type,
            Condition = _expressions.CompileOptional(awaited.Where, names),
            Alias = awaited.Alias,
        };
    }

    private JourneyPlace ForCondition(WaitUntilStep wait) => new(JourneyMove.WaitForCondition, wait.Name)
    {
        Milliseconds = wait.ForMilliseconds,
        Condition = _expressions.CompileOptional(wait.If, _names),
        Source = wait.If,
    };

    private void Add(BranchStep branch)
    {
        var taken = new List<JourneyPlace>();
        foreach (var arm in branch.Arms)
        {
            var choice = Put(new(JourneyMove.Choose, branch.Name) { Condition = _expressions.CompileOptional(arm.If, _names) });
            Add(arm.Steps);
            taken.Add(Put(new(JourneyMove.Jump, branch.Name)));
            choice.Else = _places.Count;
        }
        foreach (var jump in taken) jump.Next = _places.Count;
    }

    private CompiledTrigger Seen(PromptStep step)
    {
        var definition = JourneySteps.SeenBy(_trigger.Definition, step);
        var read = Windows.Reads.Count;
        var predicate = _expressions.CompileOptional(step.If, _names);
        CompiledField[] data = [.. step.Prompt.Data.Select(field => new CompiledField(field.Name, _expressions.Compile(field.Value, _names)))];
        var judgedBy = Windows.Reads.Skip(read).Concat(SegmentReads(JourneySteps.Expressions(step))).ToArray();
        // They judge the step's candidates, not the entry.
        Windows.Reads.RemoveRange(read, Windows.Reads.Count - read);
        return new(_trigger.Index, definition)
        {
            JudgedBy = judgedBy,
            StepIndex = _prompts++,
            Key = _trigger.Key,
            Predicate = predicate,
            ReleasePredicate = predicate,
            Data = data,
            ReleaseData = data,
            Channels = Channels(definition.Decide.Channels),
            Reasons = [.. TriggerReasons.OfStep(_trigger.Definition, step)],
        };
    }
}
