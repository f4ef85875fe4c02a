using StreamEngage.Host.Runs;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>Random rulebooks with random streams: every gate and every form of trigger.</summary>
internal static class RandomStreams
{
    public static ExplainedStream Of(int seed, bool withJourneys = true, bool withOutcomes = true) => Of(CaseOf(seed, withJourneys, withOutcomes));

    public static ExplainedStream Of(RandomCase made) => new(
        made.Rulebook, [.. made.Events.Select(e => e.ToString())], [.. made.Changes.Select(change => new RulebookChange(new(change.At), change.Next))]);

    /// <summary>Without what is sampled on its own, so that there is enough of it: each adds gates, and more than a few changes have no small reason.</summary>
    public const CaseFeatures Plain = CaseFeatures.Settled & ~CaseFeatures.Identity & ~CaseFeatures.Erasure & ~CaseFeatures.Templates & ~CaseFeatures.Harm
        & ~CaseFeatures.Changes;

    public static RandomCase CaseOf(int seed, bool withJourneys, bool withOutcomes = true)
    {
        var features = Plain;
        if (!withJourneys) features &= ~CaseFeatures.Journeys;
        if (!withOutcomes) features &= ~CaseFeatures.Outcomes;
        return RandomCase.Of(seed, features);
    }
}
