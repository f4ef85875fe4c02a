using StreamEngage.Decide;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;
using Xunit.Abstractions;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>The engine against the naive interpreter on random rulebooks and streams.</summary>
public sealed class EngineAgreesWithNaiveTests(ITestOutputHelper output)
{
    /// <summary>Reasons of the closed list that no candidate of a run ends with, and why.</summary>
    private static readonly Dictionary<Reason, string> _never = new()
    {
        [Reason.Late] = "an event that is too late makes no candidate: it is counted where it comes in",
        [Reason.Budget] = "a rulebook has no word for a budget",
    };

    /// <summary>Alike, and among them every reason there is: what a gate never said was not compared.</summary>
    [Fact]
    public void RandomCases_AreDecidedAlike_AndMeetEveryReason()
    {
        var comparison = new EngineComparison(Decided);
        comparison.AssertAgreement();
        output.WriteLine($"seed {EngineComparison.Seed}: {string.Join(", ", comparison.Reasons.Select(met => $"{met.Key} {met.Value}"))}");
        var asked = Enum.GetValues<Reason>().Where(reason => reason != Reason.None && !_never.ContainsKey(reason)).Select(reason => ReasonCodes.Code(reason)!);
        Assert.Empty(asked.Except(comparison.Reasons.Keys));
        Assert.Empty(_never.Keys.Select(reason => ReasonCodes.Code(reason)!).Intersect(comparison.Reasons.Keys));
    }

    private static List<NaiveDecision> Decided(RandomCase found)
    {
        var result = EmbeddedRun.Of(found.Rulebook, found.Events, changes: found.Changes);
        // Two matches of the same events have the same id: their prompts stand in the order of their decisions.
        var sent = result.Prompts.Where(prompt => prompt.Kind != PromptKind.Cancel)
            .GroupBy(prompt => (prompt.PromptId, prompt.NotBefore)).ToDictionary(group => group.Key, group => new Queue<PromptCommand>(group));
        var cancelled = result.Prompts.Where(prompt => prompt.Kind == PromptKind.Cancel);
        return [.. result.Decisions.Select(decision => Line(decision, sent)), .. cancelled.Select(Cancel), .. result.Outcomes];
    }

    private static NaiveDecision Line(DecisionRecord decision, Dictionary<(string, EventTime), Queue<PromptCommand>> sent) => new(
        decision.At.UnixMilliseconds,
        decision.User,
        decision.Trigger,
        decision.Instance,
        decision.Verdict.ToString().ToLowerInvariant(),
        ReasonCodes.Code(decision.Reason),
        decision.Causes)
    {
        Step = decision.Step,
        Prompt = decision.Verdict == Verdict.Sent ? Text(sent[(decision.PromptId!, decision.At)].Dequeue()) : null,
    };

    private static string Text(PromptCommand prompt) =>
        $"{prompt.PromptId} {prompt.Channel} {prompt.DecidedAt.UnixMilliseconds} "
            + $"{prompt.NotBefore.UnixMilliseconds} {prompt.NotAfter.UnixMilliseconds} {prompt.Variant} "
            + $"{(prompt.Kind == PromptKind.Send ? "send" : "supersede")}";

    private static NaiveDecision Cancel(PromptCommand prompt) =>
        new(prompt.DecidedAt.UnixMilliseconds, prompt.User, prompt.Trigger, prompt.Instance, "cancel", null, prompt.Causes);
}
