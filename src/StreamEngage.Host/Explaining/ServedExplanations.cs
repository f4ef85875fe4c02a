using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Steps;

namespace StreamEngage.Host.Explaining;

/// <summary>
/// Explains what a serving engine decided of a user. The recorded decision is what is explained: where an engine that is asked again decides otherwise, that is
/// said, and nothing is guessed.
/// </summary>
internal sealed class ServedExplanations(ServedUser served)
{
    private readonly Dictionary<int, Premise> _premises = [];
    private readonly HashSet<string> _published = [.. (served.Published ?? []).Select(RecordedDecisions.Line)];

    /// <summary>Of one trigger, or of each that made a candidate by then.</summary>
    public IReadOnlyList<Explanation> Of(string? name, EventTime at)
    {
        var asked = served.History is { } history && history.Clock < at ? history.Clock : at;
        var reigns = new Dictionary<DecisionRecord, int>(ReferenceEqualityComparer.Instance);
        foreach (var (made, decision) in served.Decisions) reigns[decision] = made;
        var latest = Course.Paired(served.Decisions.Select(made => made.Decision)).Where(outcome => outcome.MadeAt <= at)
            .GroupBy(outcome => outcome.Trigger).Select(Course.Latest)
            .Where(outcome => name is null || outcome.Trigger == name).ToList();
        if (latest.Count == 0 && name is not null && None(name, asked) is { } none) return [none];
        return [.. latest.OrderBy(outcome => outcome.Trigger, StringComparer.Ordinal).Select(outcome => Of(outcome, reigns[outcome.Last], asked))];
    }

    /// <summary>Triggers that one may ask about.</summary>
    public IEnumerable<string> Triggers => served.Rulebooks.SelectMany(one => one.Rulebook.Triggers).Select(trigger => trigger.Name)
        .Concat(served.Decisions.Select(made => made.Decision.Trigger)).Distinct(StringComparer.Ordinal);

    private Explanation Of(Outcome outcome, int reign, EventTime asked)
    {
        // What a change ended is told of when the user is met under the next rulebook, which may not have the trigger any more.
        while (reign > 0 && PremiseUnder(reign).Trigger(outcome.Trigger) is null) reign--;
        var premise = PremiseUnder(reign);
        var trigger = premise.Trigger(outcome.Trigger) ?? new TriggerDefinition(default, outcome.Trigger, Unknown);
        var word = new ServedWord(served.Lane, served.History is null ? null : served.Rulebooks[reign].Version)
        {
            IsInTopic = served.Published is null ? null : _published.Contains(RecordedDecisions.Line(outcome.Last)),
            Prompt = outcome.Last is { Verdict: Verdict.Sent, PromptId: { } id } && served.History is { } history ? FateOf(id, history) : null,
        };
        if (served.History is not { HasEvents: true })
            return Explanation.OfRecord(premise, trigger, outcome, asked, word with { Why = served.Problem ?? "no event of the user is left" });
        var course = Course.Of(premise, drain: false);
        var same = course.Outcomes.FirstOrDefault(other => IsSame(other.First, outcome.First) && IsSame(other.Last, outcome.Last));
        return same is not null ? Explanation.Of(premise, trigger, same, asked, word)
            : Explanation.OfRecord(premise, trigger, outcome, asked, word with { Why = WhyNot(outcome, course.Find(outcome)) });
    }

    private Explanation? None(string name, EventTime asked)
    {
        var premise = PremiseUnder(served.ReignAt(asked));
        return premise.Trigger(name) is not { } trigger || premise.Events.All(e => e.IsAside) ? null
            : Explanation.OfNone(premise, trigger, asked, new(served.Lane, served.Rulebooks[served.ReignAt(asked)].Version));
    }

    private Premise PremiseUnder(int reign)
    {
        if (!_premises.TryGetValue(reign, out var premise)) _premises[reign] = premise = served.PremiseUnder(reign);
        return premise;
    }

    private string WhyNot(Outcome recorded, Outcome? again)
    {
        var other = again is null ? "makes no such candidate" : IsVerdict(again, recorded) ? "comes to the same verdict in another way"
            : $"decides otherwise ({again.Last.Verdict.ToString().ToLowerInvariant()}{(ReasonCodes.Code(again.Last.Reason) is { } code ? $", {code}" : "")})";
        var cause = recorded.Last.Reason == Reason.Retired ? "a change of the rulebook ended it"
            : served.History!.HasMoved ? "part of what is known of the user came from another lane, or went there"
            : "it depends on more than the user's own events";
        return $"asked again with the user's own events, the engine {other}; {cause}";
    }

    private static bool IsVerdict(Outcome one, Outcome other) => (one.Last.Verdict, one.Last.Reason) == (other.Last.Verdict, other.Last.Reason);

    private static bool IsSame(DecisionRecord one, DecisionRecord other) => RecordedDecisions.Line(one) == RecordedDecisions.Line(other);

    private string FateOf(string promptId, LaneHistory history)
    {
        string[] keys = [$"{promptId}/send", $"{promptId}/supersede"];
        var withdrawn = served.Settled.Where(OutboxWriter.IsWithdrawn).Select(OutboxWriter.OfWithdrawn);
        if (history.Withdrawn.Contains(promptId) || withdrawn.Any(keys.Contains))
            return "was withdrawn before it was published: the user had opted out";
        return keys.Any(served.Settled.Contains) ? "was published" : "waits to be published";
    }

    private static OnClause Unknown { get; } = new EventOn(default, new(default, "", null, null));
}
