using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Tests.Naive;

/// <summary>All terms that stand in a rulebook.</summary>
internal static class NaiveTerms
{
    private static readonly string[] SessionEvents = ["session_start", "session_end"];

    /// <summary>The term itself and all terms in it.</summary>
    public static IEnumerable<Expression> Of(Expression? expression) => expression switch
    {
        null => [],
        UnaryExpression u => Of(u.Operand).Prepend(u),
        BinaryExpression b => Of(b.Left).Concat(Of(b.Right)).Prepend(b),
        InExpression i => i.Items.Prepend(i.Operand).SelectMany(Of).Prepend(i),
        BetweenExpression b => new[] { b.Operand, b.Low, b.High }.SelectMany(Of).Prepend(b),
        IsNullExpression n => Of(n.Operand).Prepend(n),
        WindowExpression w => Of(w.Filter).Prepend(w),
        CallExpression c => c.Arguments.SelectMany(Of).Prepend(c),
        _ => [expression],
    };

    /// <summary>The terms of a segment's condition and of the segments it reads.</summary>
    public static IEnumerable<Expression> OfSegment(RulebookDefinition rulebook, string name)
    {
        var own = Of(rulebook.Segments.First(s => s.Name == name).If).ToList();
        var read = own.OfType<CallExpression>().Where(c => c.Function == "segment").Select(Named);
        return own.Concat(read.SelectMany(r => OfSegment(rulebook, r)));
    }

    public static IEnumerable<WindowExpression> Windows(Expression? expression) => Of(expression).OfType<WindowExpression>();

    /// <summary>The same for windows that hold the same entries, whatever their length.</summary>
    public static string ContentOf(WindowExpression window) =>
        $"{window.Function} {window.EventType} {window.Property} {window.By} {(window.Filter is { } filter ? ExpressionText.Canonical(filter) : "")}";

    /// <summary>True when a selector or a window is on session events, or <c>session.x</c> is read.</summary>
    public static bool ReadSessions(RulebookDefinition rulebook)
    {
        var selectors = rulebook.Triggers.SelectMany(Selectors).ToList();
        var terms = rulebook.Triggers.Select(t => t.If)
            .Concat(rulebook.Segments.Select(s => s.If))
            .Concat(selectors.Select(s => s.Where))
            .Concat(rulebook.Triggers.SelectMany(t => JourneySteps.All(t.Steps)).SelectMany(JourneySteps.Expressions))
            .Concat(rulebook.Triggers.Select(t => t.On).OfType<PatternOn>().SelectMany(p => p.Steps).Select(s => s.Until))
            .SelectMany(Of).ToList();
        return selectors.Any(s => SessionEvents.Contains(s.Type))
            || terms.OfType<NameExpression>().Any(n => n.Scope == "session")
            || terms.OfType<WindowExpression>().Any(w => SessionEvents.Contains(w.EventType))
            || terms.OfType<CallExpression>().Any(c => c.Function == "since" && SessionEvents.Contains(Named(c)));
    }

    private static string Named(CallExpression call) => ((LiteralExpression)call.Arguments[0]).Text!;

    private static IEnumerable<EventSelector> Selectors(TriggerDefinition trigger)
    {
        var on = trigger.On switch
        {
            EventOn e => [e.Event],
            AbsenceOn a => a.Of.Prepend(a.After),
            SilenceOn s => s.Of,
            PatternOn p => p.Steps.Select(s => s.Event),
            _ => Enumerable.Empty<EventSelector>(),
        };
        var ends = trigger.Goal is { } goal ? trigger.Exits.Append(goal.Event) : trigger.Exits;
        return on.Concat(ends).Concat(JourneySteps.Awaited(trigger));
    }
}
