using StreamEngage.Emit;
using StreamEngage.Events;
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
        // Two matches of the same events have the same id: their prompts stand in the order of their decisions.
        var sent = result.Prompts.Where(prompt => prompt.Kind == PromptKind.Send)
            .GroupBy(prompt => (prompt.PromptId, prompt.NotBefore)).ToDictionary(group => group.Key, group => new Queue<PromptCommand>(group));
        var cancelled = result.Prompts.Where(prompt => prompt.Kind == PromptKind.Cancel);
        return [.. result.Decisions.Select(decision => Line(decision, sent)), .. cancelled.Select(Cancel)];
    }

    private static NaiveDecision Line(DecisionRecord decision, Dictionary<(string, EventTime), Queue<PromptCommand>> sent) => new(
        decision.At.UnixMilliseconds,
        decision.User,
        decision.Trigger,
        decision.Instance,
        decision.Verdict.ToString().ToLowerInvariant(),
        StreamEngage.Decide.ReasonCodes.Code(decision.Reason),
        decision.Causes)
    {
        Step = decision.Step,
        Prompt = decision.Verdict == StreamEngage.Decide.Verdict.Sent ? Text(sent[(decision.PromptId!, decision.At)].Dequeue()) : null,
    };

    private static string Text(PromptCommand prompt) =>
        $"{prompt.PromptId} {prompt.Channel} {prompt.DecidedAt.UnixMilliseconds} "
            + $"{prompt.NotBefore.UnixMilliseconds} {prompt.NotAfter.UnixMilliseconds} {prompt.Variant}";

    private static NaiveDecision Cancel(PromptCommand prompt) =>
        new(prompt.DecidedAt.UnixMilliseconds, prompt.User, prompt.Trigger, prompt.Instance, "cancel", null, prompt.Causes);
}
