using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>Random rulebooks with random streams: every gate and every form of trigger.</summary>
internal static class RandomStreams
{
    public static ExplainedStream Of(int seed, bool withJourneys = true)
    {
        var made = RandomCase.Of(seed, withJourneys ? CaseFeatures.Settled : CaseFeatures.Settled & ~CaseFeatures.Journeys);
        return new(made.Rulebook, [.. made.Events.Select(e => e.ToString())]);
    }
}
