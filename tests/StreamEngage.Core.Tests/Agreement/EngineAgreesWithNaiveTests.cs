using StreamEngage.Emit;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>The engine against the naive interpreter on random rulebooks and streams.</summary>
public sealed class EngineAgreesWithNaiveTests
{
    [Fact]
    public void RandomCases_AreDecidedAlike() => new EngineComparison(Decide).AssertAgreement();

    private static List<NaiveDecision> Decide(Rules.RulebookDefinition rulebook, IReadOnlyList<NaiveEvent> arrival)
    {
        var result = EmbeddedRun.Of(rulebook, arrival);
        return [.. result.Decisions.Select(Line), .. result.Prompts.Where(prompt => prompt.Kind == PromptKind.Cancel).Select(Cancel)];
    }

    private static NaiveDecision Line(DecisionRecord decision) => new(
        decision.At.UnixMilliseconds,
        decision.User,
        decision.Trigger,
        decision.Instance,
        decision.Verdict == StreamEngage.Decide.Verdict.Sent ? "sent" : "suppressed",
        StreamEngage.Decide.ReasonCodes.Code(decision.Reason),
        decision.Causes);

    private static NaiveDecision Cancel(PromptCommand prompt) =>
        new(prompt.DecidedAt.UnixMilliseconds, prompt.User, prompt.Trigger, prompt.Instance, "cancel", null, prompt.Causes);
}
