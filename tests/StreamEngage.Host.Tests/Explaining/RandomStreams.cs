using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>Random rulebooks with random streams: every gate and every form of trigger.</summary>
internal static class RandomStreams
{
    public static ExplainedStream Of(int seed, bool withJourneys = true, bool withOutcomes = true) => Of(CaseOf(seed, withJourneys, withOutcomes));

    public static ExplainedStream Of(RandomCase made) => new(made.Rulebook, [.. made.Events.Select(e => e.ToString())]);

    public static RandomCase CaseOf(int seed, bool withJourneys, bool withOutcomes = true)
    {
        // Of users who are merged or erased more than their own events would have to be changed.
        var features = CaseFeatures.Settled & ~CaseFeatures.Identity & ~CaseFeatures.Erasure;
        if (!withJourneys) features &= ~CaseFeatures.Journeys;
        if (!withOutcomes) features &= ~CaseFeatures.Outcomes;
        return RandomCase.Of(seed, features);
    }
}
