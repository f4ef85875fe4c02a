using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Detect;

/// <summary>Says in words what a trigger waits for: the reasons a prompt carries.</summary>
internal static class TriggerReasons
{
    public static IEnumerable<string> Of(TriggerDefinition trigger)
    {
        yield return trigger.On switch
        {
            EventOn on => $"event {Words(on.Event)}",
            AbsenceOn on => $"no {Words(on.Of)} for {DurationText.Format(on.ForMilliseconds)} after {Words(on.After)}",
            SilenceOn on => $"no {(on.Of.Count == 0 ? "event" : Words(on.Of))} for {DurationText.Format(on.ForMilliseconds)}",
            PatternOn on => $"pattern {string.Join(", ", on.Steps.Select(Words))}",
            SegmentOn on => $"{(on.Edge == SegmentEdge.Enter ? "entered" : "left")} segment {on.Segment}",
            _ => "",
        };
        if (trigger.If is { } condition) yield return $"if {ExpressionText.Readable(condition)}";
    }

    /// <summary>What the journey began with, and the step that prompts.</summary>
    public static IEnumerable<string> OfStep(TriggerDefinition trigger, PromptStep step)
    {
        foreach (var reason in Of(trigger)) yield return reason;
        yield return $"step {step.Name}";
        if (step.If is { } condition) yield return $"if {ExpressionText.Readable(condition)}";
    }

    private static string Words(IEnumerable<EventSelector> selectors) => string.Join(" or ", selectors.Select(Words));

    private static string Words(EventSelector selector) =>
        selector.Where is null ? selector.Type : $"{selector.Type} where {ExpressionText.Readable(selector.Where)}";

    private static string Words(PatternStep step) =>
        step.Negated ? $"not {Words(step.Event)}" : Words(step.Event) + Times(step);

    private static string Times(PatternStep step) => (step.TimesMin, step.TimesMax) switch
    {
        (1, 1) => "",
        (var n, null) => $" {n} times or more",
        var (n, m) when n == m => $" {n} times",
        var (n, m) => $" {n} to {m} times",
    };
}
