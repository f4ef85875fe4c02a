using StreamEngage.Detect.Expressions;
using StreamEngage.Events;
using StreamEngage.Rules;

namespace StreamEngage.Detect;

/// <summary>
/// Collects, while a rulebook is compiled, which triggers an event of each type concerns. Of a version that drains the entry is compiled, since its journeys
/// hold what that captured, and no event makes one.
/// </summary>
internal sealed class TriggerIndex(EventSchema schema, WindowPlan windows, ExpressionCompiler expressions)
{
    private const int Every = -1;

    private readonly List<(int Type, TriggerRule Rule)> _events = [];
    private readonly List<(int Type, TriggerRule Rule)> _arms = [];
    private readonly List<(int Type, TriggerRule Rule)> _cancels = [];
    private readonly List<(int Type, TriggerRule Rule)> _exits = [];
    private readonly List<(int Type, CompiledTrigger Trigger)> _patterns = [];
    private readonly List<(int Type, WindowFeed Feed)> _histories = [];
    private readonly List<JourneyPlace> _waits = [];

    public NameBinding Add(CompiledTrigger trigger, EventOn on)
    {
        var type = schema.AddType(on.Event.Type);
        var names = new NameBinding([type], on.Event.Alias);
        trigger.Key = KeyOf(trigger, [type]);
        var rule = new TriggerRule(trigger, expressions.CompileOptional(on.Event.Where, names));
        if (!trigger.Definition.IsDraining) _events.Add((type, rule));
        return names;
    }

    public NameBinding Add(CompiledTrigger trigger, AbsenceOn on)
    {
        var armType = schema.AddType(on.After.Type);
        var ofTypes = on.Of.Select(of => schema.AddType(of.Type)).ToArray();
        trigger.Key = KeyOf(trigger, [armType, .. ofTypes]);
        if (!trigger.Definition.IsDraining) Index(trigger, on, armType, ofTypes);
        return Captured(trigger, [armType], on.After.Alias);
    }

    private void Index(CompiledTrigger trigger, AbsenceOn on, int armType, int[] ofTypes)
    {
        // As long as a deadline of a user who may be merged into this one: of those that still run the last cancelling event tells all, but for a grace.
        var needed = on.GraceMilliseconds == 0 ? 1 : Limits.WindowEntriesMax;
        var history = windows.Private($"absence({trigger.Name})", trigger.Key is not null, on.ForMilliseconds + on.GraceMilliseconds, needed);
        trigger.Absence = new(on.ForMilliseconds, on.GraceMilliseconds, on.Repeat, IsSilence: false) { History = history };
        _arms.Add((armType, Rule(trigger, on.After, armType)));
        for (var i = 0; i < ofTypes.Length; i++)
        {
            var rule = Rule(trigger, on.Of[i], ofTypes[i]);
            _cancels.Add((ofTypes[i], rule));
            _histories.Add((ofTypes[i], new(history, rule.Where, null, trigger.Key)));
        }
    }

    public NameBinding Add(CompiledTrigger trigger, SilenceOn on)
    {
        var types = on.Of.Select(of => schema.AddType(of.Type)).ToArray();
        trigger.Key = KeyOf(trigger, types);
        if (trigger.Definition.IsDraining) return Captured(trigger, types, alias: null);
        trigger.Absence = new(on.ForMilliseconds, 0, RepeatMode.Restart, IsSilence: true);
        if (types.Length == 0) _arms.Add((Every, new(trigger, null)));
        for (var i = 0; i < types.Length; i++) _arms.Add((types[i], Rule(trigger, on.Of[i], types[i])));
        return Captured(trigger, types, alias: null);
    }

    public NameBinding Add(CompiledTrigger trigger, PatternOn on)
    {
        var types = on.Steps.Select(step => schema.AddType(step.Event.Type)).Distinct().ToArray();
        var plan = new PatternPlanner(schema, expressions, trigger, on).Plan();
        trigger.Key = KeyOf(trigger, plan.SeesEveryEvent ? [] : types);
        if (trigger.Definition.IsDraining) return PatternPlanner.AfterMatch(schema, trigger, on);
        trigger.Pattern = plan;
        if (plan.SeesEveryEvent) _patterns.Add((Every, trigger));
        foreach (var type in types) _patterns.Add((type, trigger));
        return PatternPlanner.AfterMatch(schema, trigger, on);
    }

    /// <summary>Exit and goal events end an instance: of their key where they carry it, of all keys where they do not.</summary>
    public void AddExits(CompiledTrigger trigger)
    {
        foreach (var selector in trigger.Definition.Exits) AddExit(trigger, selector, isGoal: false);
        if (trigger.Definition.Goal is { } goal) AddExit(trigger, goal.Event, isGoal: true);
    }

    /// <summary>What journeys wait for: an event's key is read as an exit's is.</summary>
    public void AddWaits(CompiledTrigger trigger)
    {
        foreach (var place in trigger.Journey?.Places ?? [])
        {
            if (place.IsWait) _waits.Add(place);
            if (place.Move == JourneyMove.WaitForEvent && trigger.Key is not null) KeyOf(trigger, [place.Type]);
        }
    }

    private void AddExit(CompiledTrigger trigger, EventSelector selector, bool isGoal)
    {
        var type = schema.AddType(selector.Type);
        if (trigger.Key is not null) KeyOf(trigger, [type]);
        _exits.Add((type, Rule(trigger, selector, type) with { IsGoal = isGoal }));
    }

    /// <summary>The plan of each type, by its index.</summary>
    public TypePlan[] Plans(CompiledSegment[] segments, Dictionary<CompiledSegment, HashSet<int>?> typesOf) =>
        [.. Enumerable.Range(0, schema.TypeCount).Select(type => PlanOf(type, segments, typesOf))];

    private TypePlan PlanOf(int type, CompiledSegment[] segments, Dictionary<CompiledSegment, HashSet<int>?> typesOf)
    {
        var name = schema.TypeName(type);
        var isBehavior = !EventTypes.Control.Contains(name) && !EventTypes.Derived.Contains(name);
        bool Concerns(int wanted) => wanted == type || (wanted == Every && isBehavior);
        return new()
        {
            IsBehavior = isBehavior,
            Feeds = [.. windows.FeedsOf(type)],
            Exits = [.. _exits.Where(exit => exit.Type == type).Select(exit => exit.Rule)],
            Cancels = [.. _cancels.Where(cancel => cancel.Type == type).Select(cancel => cancel.Rule)],
            Arms = [.. _arms.Where(arm => Concerns(arm.Type)).Select(arm => arm.Rule)],
            Histories = [.. _histories.Where(history => history.Type == type).Select(history => history.Feed)],
            Patterns = [.. _patterns.Where(pattern => Concerns(pattern.Type)).Select(pattern => pattern.Trigger).Distinct()],
            MovesJourneys = _waits.Exists(place => place.AwaitsType(type)),
            Events = [.. _events.Where(rule => rule.Type == type).Select(rule => rule.Rule)],
            Segments = [.. segments.Where(segment => typesOf[segment] is not { } types || types.Contains(type))],
        };
    }

    private TriggerRule Rule(CompiledTrigger trigger, EventSelector selector, int type) =>
        new(trigger, expressions.CompileOptional(selector.Where, new([type], selector.Alias)));

    private CompiledExpression? KeyOf(CompiledTrigger trigger, IReadOnlyList<int> types) =>
        trigger.Definition.Per is { } per ? expressions.Property(per.Property, types) : null;

    /// <summary>Names that stand for what the trigger captured of the one event it took.</summary>
    public static NameBinding Captured(CompiledTrigger trigger, IReadOnlyList<int> types, string? alias) => new(types)
    {
        EventIsCurrent = false,
        Captures = trigger.Captures,
        AliasTypes = alias is null ? new() : new Dictionary<string, IReadOnlyList<int>> { [alias] = types },
    };
}
