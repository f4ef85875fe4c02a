using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Detect;

/// <summary>Compiles a pattern: the steps that take events, and between them those that forbid some.</summary>
internal sealed class PatternPlanner(EventSchema schema, ExpressionCompiler expressions, CompiledTrigger trigger, PatternOn on)
{
    private readonly IReadOnlyDictionary<string, IReadOnlyList<int>> _aliases = AliasTypes(schema, on);

    /// <summary>Names in what is read once a match is complete: <c>event</c> is the event taken last.</summary>
    public static NameBinding AfterMatch(EventSchema schema, CompiledTrigger trigger, PatternOn on) =>
        new([.. on.Steps.Where(step => !step.Negated).Select(step => schema.AddType(step.Event.Type)).Distinct()])
        {
            EventIsCurrent = false,
            Captures = trigger.Captures,
            AliasTypes = AliasTypes(schema, on),
        };

    public PatternPlan Plan()
    {
        var steps = new List<CompiledStep>();
        var nots = new List<CompiledNot>();
        foreach (var step in on.Steps)
        {
            if (step.Negated) nots.Add(Not(step));
            else
            {
                steps.Add(Step(step, [.. nots]));
                nots.Clear();
            }
        }
        return new([.. steps], on)
        {
            LastNot = nots.Count == 0 ? null : nots[^1],
            LastNotMilliseconds = nots.Count == 0 ? 0 : on.Steps[^1].ForMilliseconds ?? 0,
            SeesEveryEvent = on.Steps.Any(step =>
                step.Contiguity == Contiguity.Next || step.Loop == Contiguity.Next || step.Until is not null),
        };
    }

    private CompiledStep Step(PatternStep step, CompiledNot[] notsBefore)
    {
        var names = Names(step);
        return new(schema.AddType(step.Event.Type), step)
        {
            Where = expressions.CompileOptional(step.Event.Where, names),
            Until = expressions.CompileOptional(step.Until, names with { EventTypes = [] }),
            NotsBefore = notsBefore,
            IsSkipTarget = on.SkipTo is { } target && (step.Event.Alias ?? step.Event.Type) == target,
        };
    }

    private CompiledNot Not(PatternStep step) => new(
        schema.AddType(step.Event.Type),
        expressions.CompileOptional(step.Event.Where, Names(step)),
        step.Contiguity == Contiguity.Next);

    private NameBinding Names(PatternStep step) => new([schema.AddType(step.Event.Type)], step.Event.Alias)
    {
        Captures = trigger.Captures,
        AliasTypes = _aliases,
    };

    private static Dictionary<string, IReadOnlyList<int>> AliasTypes(EventSchema schema, PatternOn on) => on.Steps
        .Where(step => !step.Negated && step.Event.Alias is not null)
        .GroupBy(step => step.Event.Alias!)
        .ToDictionary(group => group.Key, IReadOnlyList<int> (group) =>
            [.. group.Select(step => schema.AddType(step.Event.Type)).Distinct()]);
}
