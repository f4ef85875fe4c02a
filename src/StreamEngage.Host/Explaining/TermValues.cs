using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using ValueType = StreamEngage.Rules.Expressions.ValueType;

namespace StreamEngage.Host.Explaining;

/// <summary>
/// What terms of a trigger were worth to a candidate: asked of the engine by a rulebook in which the trigger sends them as its data and no gate stands.
/// </summary>
internal sealed class TermValues
{
    private readonly Dictionary<Expression, Value> _values = new(ReferenceEqualityComparer.Instance);

    private TermValues()
    {
    }

    /// <summary>Null where it is not known.</summary>
    public Value? this[Expression term] => _values.TryGetValue(term, out var value) ? value : null;

    public bool IsTrue(Expression term) => this[term] is { IsTrue: true };

    /// <summary>Values of the conditions of an expression and of their sides.</summary>
    public static TermValues OfConditions(Premise premise, Outcome candidate, Expression expression) =>
        Of(premise, candidate, new()
        {
            Data = Fields(Conditions.All(expression).SelectMany(one => Conditions.Sides(one).Prepend(one))),
            IsReadAsPredicate = true,
        });

    /// <summary>Values of what the prompt carries.</summary>
    public static TermValues OfPrompt(Premise premise, Outcome candidate, PromptDefinition prompt) =>
        Of(premise, candidate, new() { Data = Fields(prompt.Data.Select(field => field.Value)) });

    private static TermValues Of(Premise premise, Outcome candidate, PromptDefinition asked)
    {
        var values = new TermValues();
        var terms = asked.Data;
        if (terms.Count == 0) return values;
        var prompt = Course.Of(Probe(premise, candidate, asked)).Prompts
            .Where(prompt => prompt.Instance == candidate.Last.Instance && prompt.Causes.SequenceEqual(candidate.Last.Causes))
            .MinBy(prompt => Math.Abs(prompt.NotBefore - candidate.Last.At));
        if (prompt is null || prompt.NotBefore != candidate.Last.At) return values;
        for (var i = 0; i < terms.Count; i++) values._values[terms[i].Value] = prompt.Data[i].Value;
        return values;
    }

    private static List<DataField> Fields(IEnumerable<Expression> terms) => [.. terms.Select((term, i) => new DataField($"t{i}", term))];

    /// <summary>Quiet hours, and a person who is asked, stay for a candidate that waited for them: it was read again there.</summary>
    private static Premise Probe(Premise premise, Outcome candidate, PromptDefinition prompt)
    {
        var trigger = premise.Trigger(candidate)!;
        var decide = trigger.Decide with
        {
            Purpose = candidate.WasHeld ? trigger.Decide.Purpose : "transactional",
            CooldownMilliseconds = 0,
            Reentry = ReentryMode.Always,
            Misfire = MisfireMode.Fire,
            Holdout = 0,
            Score = null,
            Uplift = null,
            PauseOnHarm = false,
            Approval = candidate.WasHeld ? trigger.Decide.Approval : null,
            Variants = [],
            Bandit = null,
        };
        var asked = trigger.Step is null
            ? trigger with { If = null, Decide = decide, Prompt = prompt, Steps = [] }
            : Asked(premise.Trigger(candidate.Trigger)!, trigger.Step, decide, prompt);
        var policy = premise.Rules.Policy with
        {
            GlobalHoldout = 0,
            Caps = [],
            ConsentGrantedByDefault = true,
            QuietHours = candidate.WasHeld ? premise.Rules.Policy.QuietHours : null,
        };
        return premise with
        {
            Rules = premise.Rules with { Triggers = [asked], Policy = policy },
            Events = [.. premise.Events.Where(e => e.Type is not ("consent_update" or "channel_update"))],
        };
    }

    /// <summary>Entered as it was, and no step but the one speaks.</summary>
    private static TriggerDefinition Asked(TriggerDefinition trigger, string name, DecideDefinition decide, PromptDefinition prompt) => trigger with
    {
        Decide = decide with { CooldownMilliseconds = trigger.Decide.CooldownMilliseconds, Reentry = trigger.Decide.Reentry },
        Steps = JourneySteps.Replaced(trigger.Steps, step => step.Name == name
            ? step with { If = null, Prompt = prompt }
            : step with { If = new LiteralExpression(step.At, ValueType.Boolean, 0, null) }),
    };
}
