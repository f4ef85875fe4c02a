using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Explaining;

/// <summary>One term of a predicate and what it was worth.</summary>
/// <param name="Text">As it is written.</param>
/// <param name="Value">Null where it is not known.</param>
/// <param name="IsCondition">It holds or not; false for what a condition compares.</param>
/// <param name="Depth">How deep it stands.</param>
internal readonly record struct SeenTerm(string Text, Value? Value, bool IsCondition, int Depth);

/// <summary>Why a trigger sent a prompt to a user at a time, or why not.</summary>
internal sealed class Explanation
{
    private Explanation(Premise premise, TriggerDefinition trigger, EventTime at) => (Premise, Trigger, At) = (premise, trigger, at);

    public Premise Premise { get; }

    public TriggerDefinition Trigger { get; }

    /// <summary>The instant that was asked about.</summary>
    public EventTime At { get; }

    /// <summary>The candidate at or nearest before that instant; null: there is none.</summary>
    public Outcome? Outcome { get; private init; }

    public IReadOnlyList<SeenTerm> Terms { get; private init; } = [];

    /// <summary>The smallest change first; empty for a prompt that was sent, and where none was found.</summary>
    public IReadOnlyList<Flip> Flips { get; private init; } = [];

    /// <summary>How often the engine was asked for them.</summary>
    public int Runs { get; private init; }

    /// <summary>Where its journeys stand at the instant, one sentence each.</summary>
    public IReadOnlyList<string> Journeys { get; private init; } = [];

    /// <summary>Why there is no candidate; null where there is one.</summary>
    public MissingCandidate? Missing { get; private init; }

    /// <summary>What the topics of a serving engine say of the decision; null: it is not one of those.</summary>
    public ServedWord? Served { get; init; }

    /// <summary>Changes were looked for, if only in vain.</summary>
    public bool IsSearched { get; private init; }

    /// <summary>The user's events before the decision, and those that caused it.</summary>
    public IEnumerable<UserEvent> Timeline()
    {
        var until = Outcome?.Last.At ?? At;
        var causes = Outcome?.Last.Causes ?? [];
        var before = Premise.Events.Where(e => !e.IsAside && e.At <= until).ToList();
        return before.Where((e, i) => i >= before.Count - ExplainLimits.TimelineMax || causes.Contains(e.Id)).OrderBy(e => e.At);
    }

    public bool IsCause(UserEvent e) => Outcome?.Last.Causes.Contains(e.Id) == true;

    /// <summary>The types that the predicate's windows read.</summary>
    public bool IsRead(UserEvent e) => Trigger.If is { } predicate
        && ExpressionTree.Terms(predicate).Any(term => (term as WindowExpression)?.EventType == e.Type);

    /// <summary>Explains the decision on a candidate.</summary>
    public static Explanation Of(Premise premise, TriggerDefinition trigger, Outcome outcome, EventTime at, ServedWord? served = null)
    {
        var search = FlipSearch.For(premise, outcome);
        var isSearched = !outcome.IsSent && !outcome.IsWaiting;
        var flips = isSearched ? search.Search(outcome, ExplainLimits.AlternativesMax) : [];
        var seen = premise.Trigger(outcome) ?? trigger;
        return new(premise, seen, at)
        {
            Outcome = outcome,
            Served = served,
            IsSearched = isSearched,
            Terms = Seen(premise, seen, outcome),
            Flips = flips,
            Runs = search.Runs,
            Journeys = LiveJourneys.Of(premise, trigger, at),
        };
    }

    /// <summary>Explains why there was none.</summary>
    public static Explanation OfNone(Premise premise, TriggerDefinition trigger, EventTime at, ServedWord? served = null)
    {
        var missing = MissingCandidate.Of(premise, trigger, at);
        return new(premise, trigger, at)
        {
            Missing = missing, Flips = missing.Flips, Journeys = LiveJourneys.Of(premise, trigger, at), Served = served, IsSearched = true,
        };
    }

    /// <summary>A decision as it was recorded, of which the engine cannot be asked again.</summary>
    public static Explanation OfRecord(Premise premise, TriggerDefinition trigger, Outcome outcome, EventTime at, ServedWord served) =>
        new(premise, trigger, at) { Outcome = outcome, Served = served };

    private static List<SeenTerm> Seen(Premise premise, TriggerDefinition trigger, Outcome outcome)
    {
        var terms = new List<SeenTerm>();
        if (trigger.If is not { } predicate) return terms;
        var values = TermValues.OfConditions(premise, outcome, predicate);
        foreach (var leaf in Conditions.Leaves(predicate))
        {
            terms.Add(new(ExpressionText.Readable(leaf), values[leaf], IsCondition: true, 0));
            terms.AddRange(Conditions.Sides(leaf).Select(side => new SeenTerm(ExpressionText.Readable(side), values[side], IsCondition: false, 1)));
        }
        return terms;
    }
}
