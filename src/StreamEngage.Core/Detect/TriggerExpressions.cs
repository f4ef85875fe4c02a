using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Detect;

/// <summary>Every expression of a trigger.</summary>
internal static class TriggerExpressions
{
    public static IEnumerable<Expression> Of(TriggerDefinition trigger) =>
        Selectors(trigger).Select(selector => selector.Where)
            .Concat(Untils(trigger.On))
            .Append(trigger.If)
            .Concat(trigger.Prompt.Data.Select(field => field.Value))
            .Concat(JourneySteps.All(trigger.Steps).SelectMany(JourneySteps.Expressions))
            .OfType<Expression>();

    private static IEnumerable<EventSelector> Selectors(TriggerDefinition trigger) =>
        OfClause(trigger.On).Concat(trigger.Exits).Concat(trigger.Goal is { } goal ? [goal.Event] : []);

    private static IEnumerable<EventSelector> OfClause(OnClause on) => on switch
    {
        EventOn e => [e.Event],
        AbsenceOn absence => absence.Of.Append(absence.After),
        SilenceOn silence => silence.Of,
        PatternOn pattern => pattern.Steps.Select(step => step.Event),
        _ => [],
    };

    private static IEnumerable<Expression?> Untils(OnClause on) =>
        on is PatternOn pattern ? pattern.Steps.Select(step => step.Until) : [];
}
