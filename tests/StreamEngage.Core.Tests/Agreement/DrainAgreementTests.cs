using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>
/// The engine against the naive interpreter where a journey gets other versions while it is under way: some drain, some move as is declared, some end.
/// </summary>
public sealed class DrainAgreementTests
{
    private const int Cases = 1_500;

    // What came of prompts is counted by version, and bandits learn anew: neither is asked here.
    private const CaseFeatures Of = CaseFeatures.Settled & ~CaseFeatures.Outcomes & ~CaseFeatures.Harm;

    private static readonly EventTime Ever = new(Limits.EventTimeMax);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void VersionsOfAJourney_AreDecidedAlike(int lanes)
    {
        var (compared, drained, moved, retired) = (0, 0, 0, 0);
        for (var seed = 1; compared < Cases / lanes; seed++)
        {
            var found = RandomCase.Of(seed, Of);
            var changes = new RandomChange(new Dice(-seed), found).Changes();
            if (changes.Count == 0) continue;
            compared++;
            var naive = NaiveEngine.Run(found.Rulebook, found.Events, drain: true, changes);
            if (naive.PartialMatchesMax > EngineComparison.PartialMatchesComparable) continue;
            var expected = naive.Decisions.Select(Line).Order(StringComparer.Ordinal).ToList();
            var (actual, drains) = Made(found, changes, lanes);
            Assert.True(expected.SequenceEqual(actual), $"seed {seed}\nmissing\n{string.Join('\n', expected.Except(actual))}\nsurplus\n"
                + $"{string.Join('\n', actual.Except(expected))}\n{string.Join('\n', changes.Select(Told))}\n{found}");
            drained += drains;
            moved += changes.Count(change => change.Next.Triggers.Any(trigger => trigger.Migrations.Count > 0));
            retired += naive.Decisions.Count(decision => decision.Reason == "retired");
        }
        Assert.True(drained > 90 / lanes && moved > 100 / lanes && (retired > 0 || lanes > 1),
            $"{drained} by versions that drain, {moved} moves, {retired} retired");
    }

    private static (List<string> Lines, int Drained) Made(RandomCase found, IReadOnlyList<NaiveChange> changes, int lanes)
    {
        var decisions = new List<DecisionRecord>();
        var run = new PipelineRun(RulebookCompiler.Compile(found.Rulebook), lanes) { BatchEvents = 7, Decision = decisions.Add };
        foreach (var change in changes) run.ChangeAt(new(change.At), change.Next);
        foreach (var e in found.Events) run.Offer(EmbeddedRun.LineOf(e), Ever);
        run.End(drain: true);
        var drains = changes.SelectMany(change => change.Next.Triggers.Where(trigger => trigger.IsDraining).Select(trigger => (trigger.Name, trigger.Version)))
            .ToHashSet();
        var drained = decisions.Count(decision => decision.Step is not null && drains.Contains((decision.Trigger, decision.Version))
            && changes.Any(change => change.At <= decision.At.UnixMilliseconds
                && change.Next.Triggers.Any(t => t.IsDraining && t.Version == decision.Version)));
        return ([.. decisions.Select(Line).Order(StringComparer.Ordinal)], drained);
    }

    private static string Line(NaiveDecision d) =>
        $"{d.At} {d.User} {d.Trigger} {d.Version} [{d.Instance}] {d.Step} {d.Verdict} {d.Reason ?? "-"} ({string.Join(',', d.Causes)})";

    private static string Line(DecisionRecord d) => $"{d.At.UnixMilliseconds} {d.User} {d.Trigger} {d.Version} [{d.Instance}] {d.Step} "
        + $"{d.Verdict.ToString().ToLowerInvariant()} {StreamEngage.Decide.ReasonCodes.Code(d.Reason) ?? "-"} ({string.Join(',', d.Causes)})";

    private static string Told(NaiveChange change) => $"change at {change.At}: " + string.Join(' ', change.Next.Triggers.Select(trigger =>
        $"{trigger.Name}.{trigger.Version}{(trigger.IsDraining ? " drains" : "")}{(trigger.Steps.Count > 0 ? " " + Steps(trigger.Steps) : "")}"
            + string.Concat(trigger.Migrations.Select(m => $" from {m.From} {string.Join(',', m.Steps)} {m.StaysByName}"))));

    private static string Steps(IEnumerable<Rules.JourneyStep> steps) => $"[{string.Join(", ", steps.Select(step => step switch
    {
        Rules.WaitStep wait => $"{step.Name}: wait {wait.Milliseconds}",
        Rules.WaitUntilStep wait => $"{step.Name}: until {wait.ForMilliseconds} {Steps(wait.Timeout)}",
        Rules.BranchStep branch => $"{step.Name}: branch {string.Concat(branch.Arms.Select(arm => Steps(arm.Steps)))}",
        _ => $"{step.Name}: {step.GetType().Name}",
    }))}]";
}
