using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Rulebooks;

/// <summary>An expression of a trigger or segment with what it can name where it stands.</summary>
/// <param name="Expression">The expression.</param>
/// <param name="Scope">What it can name; its place is how messages call it.</param>
/// <param name="IsCondition">False for values: data fields.</param>
internal sealed record RulebookTerm(Expression Expression, ExpressionScope Scope, bool IsCondition);

/// <summary>Lists the expressions and selectors of a trigger, each with its scope.</summary>
internal sealed class TriggerTerms(TriggerDefinition trigger, RulebookDefinition rulebook, IReadOnlyCollection<string>? models)
{
    private readonly Dictionary<string, string> _aliases = AliasesOf(trigger);

    /// <summary>Every alias of <c>on</c> with its selector, in the order written; a name may come twice.</summary>
    public static IEnumerable<EventSelector> Aliased(TriggerDefinition trigger) => Selectors(trigger).Where(s => s.Alias is not null);

    /// <summary>The same with those of the events that steps wait for.</summary>
    public static IEnumerable<EventSelector> AllAliased(TriggerDefinition trigger) =>
        Aliased(trigger).Concat(JourneySteps.Awaited(trigger).Where(s => s.Alias is not null));

    /// <summary>The selectors of <c>on</c>, negated ones included.</summary>
    public static IEnumerable<EventSelector> Selectors(TriggerDefinition trigger) => trigger.On switch
    {
        EventOn on => [on.Event],
        AbsenceOn on => [on.After, .. on.Of],
        SilenceOn on => on.Of,
        PatternOn on => on.Steps.Select(step => step.Event),
        _ => [],
    };

    /// <summary>Everything it may send: its prompt, or those of its steps.</summary>
    public static IEnumerable<PromptDefinition> Prompts(TriggerDefinition trigger) => trigger.Steps.Count == 0
        ? [trigger.Prompt]
        : JourneySteps.All(trigger.Steps).OfType<PromptStep>().Select(step => step.Prompt);

    /// <summary>The types <c>event</c> can have in the predicate: the arming event's, or of a pattern the last taken one's.</summary>
    public static IReadOnlyList<string>? EventTypes(OnClause on) => on switch
    {
        EventOn form => [form.Event.Type],
        AbsenceOn form => [form.After.Type],
        SilenceOn form => form.Of.Select(s => s.Type).Distinct(StringComparer.Ordinal).ToList(),
        PatternOn form => LastTypes(form),
        _ => null,
    };

    public ExpressionScope Scope(string place, IReadOnlyList<string>? eventTypes) => new()
    {
        Place = place,
        EventTypes = eventTypes,
        Aliases = _aliases,
        Catalogue = rulebook.Catalogue,
        Segments = rulebook.Segments.Select(s => s.Name).ToList(),
        Models = models,
        Names = new(rulebook.Policy),
    };

    /// <summary>Everything of the trigger that is evaluated.</summary>
    public IEnumerable<RulebookTerm> All()
    {
        var terms = OnTerms().Concat(Where(trigger.Exits, "an exit's where"));
        if (trigger.Goal is { } goal)
            terms = terms.Concat(Where([goal.Event], "the goal's where"));
        var decided = EventTypes(trigger.On);
        if (trigger.If is { } condition)
            terms = terms.Append(new RulebookTerm(condition, Scope("an if", decided), true));
        return terms.Concat(trigger.Prompt.Data.Select(field => new RulebookTerm(field.Value, Scope("prompt data", decided), false)))
            .Concat(StepTerms(trigger.Steps, new(_aliases, StringComparer.Ordinal)));
    }

    /// <remarks>A step sees the aliases of <c>on</c> and of the waits before it. <c>event</c> is the event of the entry.</remarks>
    private IEnumerable<RulebookTerm> StepTerms(IReadOnlyList<JourneyStep> steps, Dictionary<string, string> seen)
    {
        var decided = EventTypes(trigger.On);
        foreach (var step in steps)
        {
            ExpressionScope Here(string place) => Scope(place, decided) with { Aliases = new Dictionary<string, string>(seen, StringComparer.Ordinal) };
            if (step is PromptStep prompt)
            {
                if (prompt.If is { } condition)
                    yield return new RulebookTerm(condition, Here("a prompt step's if"), true);
                foreach (var field in prompt.Prompt.Data)
                    yield return new RulebookTerm(field.Value, Here("prompt data"), false);
            }

            if (step is WaitUntilStep { If: { } awaited })
                yield return new RulebookTerm(awaited, Here("a wait's if"), true);
            if (step is WaitUntilStep { Event: { Where: { } where } selector })
                yield return new RulebookTerm(where, Awaiting(selector, Here("a wait's where")), true);
            foreach (var arm in (step as BranchStep)?.Arms.Where(arm => arm.If is not null) ?? [])
                yield return new RulebookTerm(arm.If!, Here("a branch's if"), true);
            var bound = JourneySteps.Inside(step).Select(inner => (Inner: inner, Seen: new Dictionary<string, string>(seen, StringComparer.Ordinal))).ToList();
            foreach (var term in bound.SelectMany(one => StepTerms(one.Inner, one.Seen)))
                yield return term;
            foreach (var (alias, type) in bound.SelectMany(one => one.Seen))
                seen.TryAdd(alias, type);
            if (step is WaitUntilStep { Event: { Alias: { } own } came })
                seen.TryAdd(own, came.Type);
        }
    }

    private static ExpressionScope Awaiting(EventSelector selector, ExpressionScope scope)
    {
        var aliases = new Dictionary<string, string>(scope.Aliases, StringComparer.Ordinal);
        if (selector.Alias is { } own)
            aliases[own] = selector.Type;
        return scope with { EventTypes = [selector.Type], Aliases = aliases };
    }

    private static Dictionary<string, string> AliasesOf(TriggerDefinition trigger)
    {
        var aliases = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var selector in Aliased(trigger))
            aliases.TryAdd(selector.Alias!, selector.Type);
        return aliases;
    }

    private static List<string> LastTypes(PatternOn pattern)
    {
        var types = new List<string>();
        foreach (var step in pattern.Steps.Reverse().Where(s => !s.Negated))
        {
            types.Add(step.Event.Type);
            if (!step.Optional)
                break;
        }

        return types.Distinct(StringComparer.Ordinal).ToList();
    }

    private IEnumerable<RulebookTerm> OnTerms() => trigger.On switch
    {
        EventOn on => Where([on.Event], "a where"),
        AbsenceOn on => Where([on.After], "a where").Concat(Where(on.Of, "an 'of' selector's where")),
        SilenceOn on => Where(on.Of, "a where"),
        PatternOn on => PatternTerms(on),
        _ => [],
    };

    private IEnumerable<RulebookTerm> Where(IEnumerable<EventSelector> selectors, string place) => selectors
        .Where(s => s.Where is not null)
        .Select(s => new RulebookTerm(s.Where!, OwnScope(s, place), true));

    /// <remarks>
    /// Events that cancel or end may come before the one they would be compared with, so they see only themselves; <c>per</c> relates them.
    /// </remarks>
    private ExpressionScope OwnScope(EventSelector selector, string place) => Scope(place, [selector.Type]) with
    {
        Aliases = OwnAlias(selector),
        OtherAliases = _aliases.Keys,
    };

    private static Dictionary<string, string> OwnAlias(EventSelector selector) =>
        selector.Alias is { } alias ? new(StringComparer.Ordinal) { [alias] = selector.Type } : [];

    /// <remarks>A step sees the aliases of the steps before it and its own; a later one is not there yet.</remarks>
    private IEnumerable<RulebookTerm> PatternTerms(PatternOn pattern)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var step in pattern.Steps)
        {
            if (step.Event.Alias is { } alias)
                seen.TryAdd(alias, step.Event.Type);
            var aliases = new Dictionary<string, string>(seen, StringComparer.Ordinal);
            if (step.Event.Where is { } where)
                yield return new RulebookTerm(where, Scope("a step's where", [step.Event.Type]) with { Aliases = aliases }, true);
            if (step.Until is { } until)
                yield return new RulebookTerm(until, Scope("a step's until", []) with { Aliases = aliases }, true);
        }
    }
}
