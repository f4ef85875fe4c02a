using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Serving.Admin;

/// <summary>
/// What a segment misses that a publication brings. A lane looks at a user when something happens to the user or is due; of the others no list is kept, so
/// an edge that would come of time alone is not made for them.
/// </summary>
internal static class UnseenEdges
{
    /// <summary>A warning for each segment that is new, or means something else, and has edges by time that triggers wait for.</summary>
    /// <param name="former">In force.</param>
    /// <param name="next">Published.</param>
    public static IEnumerable<string> Of(RulebookDefinition former, RulebookDefinition next)
    {
        var known = former.Segments.Select(segment => MeaningOf(segment, former)).ToHashSet(StringComparer.Ordinal);
        foreach (var segment in next.Segments.Where(segment => !known.Contains(MeaningOf(segment, next)) && ChangesByTime(segment, next, depth: 0)))
        {
            var waiting = next.Triggers.Where(trigger => trigger.On is SegmentOn on && on.Segment == segment.Name)
                .Select(trigger => trigger.Name).Distinct().ToList();
            if (waiting.Count > 0)
                yield return $"{segment.At}: warning unseen-edges: segment '{segment.Name}' is new here. It sees no edge that time alone makes for a user "
                    + $"to whom nothing has happened since the change, so {string.Join(" and ", waiting)} may prompt fewer than expected at first";
        }
    }

    private static string MeaningOf(SegmentDefinition segment, RulebookDefinition rulebook) =>
        $"{segment.Name} {ExpressionText.Canonical(segment.If)}{TermsOf(rulebook).Meaning(segment.If)}";

    /// <summary>Segments do not read one another in circles; a rulebook that was not checked must not end in one either.</summary>
    private static bool ChangesByTime(SegmentDefinition segment, RulebookDefinition rulebook, int depth) =>
        TermsOf(rulebook).Of(segment.If).Any(term => term switch
        {
            WindowExpression or CallExpression { Function: "since" or "local_hour" or "local_weekday" } => true,
            CallExpression { Function: "segment", Arguments: [LiteralExpression { Text: { } name }] } => depth < rulebook.Segments.Count
                && rulebook.Segments.Any(other => other.Name == name && ChangesByTime(other, rulebook, depth + 1)),
            _ => UserNames.IsStage(term),
        });

    private static ModelTerms TermsOf(RulebookDefinition rulebook) => new(rulebook.Models, new(rulebook.Policy));
}
