using System.Diagnostics;
using StreamEngage.Rules;
using Xunit.Abstractions;

namespace StreamEngage.Tests.Naive.Cases;

/// <summary>The generator, the comparison and the shrinker: whether they would find what they are there for.</summary>
public sealed class RandomCaseTests(ITestOutputHelper output)
{
    private static readonly string[] Forms = ["EventOn", "PatternOn", "AbsenceOn", "SilenceOn", "SegmentOn"];
    private static readonly string[] Verdicts =
    [
        "sent", "held", "predicate", "already-in", "cooldown", "global-holdout", "holdout", "no-consent", "unreachable", "low-score", "low-uplift",
        "lost-arbitration", "cap", "quiet", "expired", "template-error", "human-rejected",
    ];

    private static readonly string[] Others =
    [
        "superseded", "conversion", "ghost's conversion",
        "step sent", "step held", "step predicate", "step global-holdout", "step holdout", "step no-consent", "step unreachable", "step lost-arbitration",
        "step cap", "step quiet", "step expired", "step misfire", "step exited", "step converted",
        "step template-error", "step human-rejected", "step circuit-open", "EventOn circuit-open", "AbsenceOn circuit-open", "PatternOn circuit-open",
        "held, then circuit-open", "held, then template-error", "held, then human-rejected", "held, then retired", "EventOn backfill",
        "quiet by the day of the week", "quiet in another zone",
        "AbsenceOn misfire", "EventOn exited", "AbsenceOn exited", "EventOn converted", "AbsenceOn converted", "SilenceOn exited", "PatternOn converted",
        "released", "cancel", "late", "duplicate", "collision",
        "merged", "erased", "PatternOn of another", "AbsenceOn of another", "step of another", "score of another",
    ];

    /// <summary>Always the same: what is tested here is whether there are cases enough, not an engine.</summary>
    private const int Seed = 1;

    [Fact]
    public void SameSeed_MakesTheSameCase() =>
        Assert.Equal(RandomCase.Of(Seed).ToString(), RandomCase.Of(Seed).ToString());

    [Fact]
    public void EveryCase_IsARulebookThatLoads()
    {
        for (var seed = Seed; seed < Seed + 300; seed++)
        {
            Assert.NotNull(RandomCase.Of(seed).Rulebook);
            Assert.NotNull(RandomCase.Of(seed, CaseFeatures.Settled | CaseFeatures.Unsettled).Rulebook);
        }
    }

    [Fact]
    public void TheCases_ReachEveryVerdictOfEveryForm()
    {
        var reached = new Dictionary<string, int>();
        var watch = Stopwatch.StartNew();
        for (var seed = Seed; seed < Seed + 3_000; seed++)
            Count(RandomCase.Of(seed), reached);
        output.WriteLine($"from seed {Seed}: {watch.ElapsedMilliseconds} ms");
        foreach (var (what, times) in reached.OrderBy(r => r.Key, StringComparer.Ordinal))
            output.WriteLine($"{times,8} {what}");
        Assert.Empty(Forms.SelectMany(f => Verdicts.Select(v => $"{f} {v}")).Concat(Others).Except(reached.Keys));
    }

    [Fact]
    public void InterpreterItself_AgreesWithItself() =>
        Assert.Null(new EngineComparison(Decided, CaseFeatures.Settled | CaseFeatures.Unsettled).Disagreement(Seed, 200));

    [Fact]
    public void EngineThatForgetsALossOfArbitration_IsFoundAndMadeSmall()
    {
        var comparison = new EngineComparison(
            found => Decided(found).Where(d => d.Reason != "lost-arbitration").ToList());
        var disagreement = comparison.Disagreement(Seed, 1_000);
        output.WriteLine(disagreement);
        Assert.NotNull(disagreement);
        Assert.InRange(disagreement.Split("\"id\"").Length - 1, 1, 4);
    }

    [Fact]
    public void EngineThatTakesOneMillisecondMoreOfLateness_IsFound()
    {
        var comparison = new EngineComparison(found => NaiveEngine.Run(Lenient(found.Rulebook), found.Events, drain: true, found.Changes).All);
        Assert.NotNull(comparison.Disagreement(Seed, 5_000));
    }

    private static IReadOnlyList<NaiveDecision> Decided(RandomCase found) => found.Interpreted().All;

    /// <summary>Sent later than it was decided.</summary>
    private static bool IsReleased(NaiveDecision decision) => decision.Prompt is { } prompt && prompt.Split(' ') is var parts && parts[2] != parts[3];

    /// <summary>Some of what caused it was done before two users were one, or under the other's name.</summary>
    private static IEnumerable<string> OfAnother(NaiveDecision decision, Dictionary<string, string> forms)
    {
        yield return $"{(decision.Step is null ? forms[decision.Trigger] : "step")} of another";
        if (decision.Reason is "low-score" or "low-uplift")
            yield return "score of another";
    }

    /// <summary>What was held and then not sent.</summary>
    private static IEnumerable<NaiveDecision> HeldFirst(NaiveOutcome outcome)
    {
        var held = outcome.Decisions.Where(d => d.Verdict == "held").Select(Candidate).ToHashSet();
        return outcome.Decisions.Where(d => d.Verdict == "suppressed" && held.Contains(Candidate(d)));
    }

    private static string Candidate(NaiveDecision d) => $"{d.User} {d.Trigger} {d.Instance} {d.Step} {string.Join(',', d.Causes)}";

    /// <summary>What of the policy was decisive: without it other decisions are taken.</summary>
    private static IEnumerable<string> ToldApart(RandomCase made, NaiveOutcome outcome)
    {
        var policy = made.Rulebook.Policy;
        if (policy.QuietHours is { Days: not Weekdays.Every } quiet && Differs(policy with { QuietHours = quiet with { Days = Weekdays.Every } }))
            yield return "quiet by the day of the week";
        if (policy.QuietHours is not null && policy.OtherZones.Count > 0 && Differs(policy with { OtherZones = [] }))
            yield return "quiet in another zone";

        bool Differs(PolicyDefinition other) =>
            !NaiveEngine.Run(made.Rulebook with { Policy = other }, made.Events, drain: true, made.Changes).Decisions.Select(d => $"{d}")
                .SequenceEqual(outcome.Decisions.Select(d => $"{d}"));
    }

    private static RulebookDefinition Lenient(RulebookDefinition rulebook)
    {
        var time = rulebook.Policy.Time;
        var longer = time with { LatenessMilliseconds = time.LatenessMilliseconds + 1 };
        return rulebook with { Policy = rulebook.Policy with { Time = longer } };
    }

    private static void Count(RandomCase made, Dictionary<string, int> reached)
    {
        var forms = made.Changes.SelectMany(c => c.Next.Triggers).Concat(made.Rulebook.Triggers).DistinctBy(t => t.Name)
            .ToDictionary(t => t.Name, t => t.On.GetType().Name);
        var outcome = made.Interpreted();
        var met = outcome.Decisions.Select(d => $"{forms[d.Trigger]} {d.Reason ?? d.Verdict}")
            .Concat(HeldFirst(outcome).Select(d => $"held, then {d.Reason}"))
            .Concat(ToldApart(made, outcome))
            .Concat(Enumerable.Repeat("released", outcome.Decisions.Count(IsReleased)))
            .Concat(outcome.Decisions.Where(d => d.Step is not null).Select(d => $"step {d.Reason ?? d.Verdict}"))
            .Concat(Enumerable.Repeat("superseded", outcome.Decisions.Count(d => d.Prompt?.EndsWith("supersede", StringComparison.Ordinal) == true)))
            .Concat(outcome.Outcomes.Where(o => !o.Verdict.Contains(": 0 of", StringComparison.Ordinal))
                .Select(o => o.Verdict.StartsWith("sent", StringComparison.Ordinal) ? "conversion" : "ghost's conversion"))
            .Concat(outcome.Cancels.Select(_ => "cancel"))
            .Concat(Enumerable.Repeat("merged", outcome.Identities.Merges))
            .Concat(outcome.Decisions.Where(d => made.Events.Any(e => d.Causes.Contains(e.Id) && e.User != d.User)).SelectMany(d => OfAnother(d, forms)))
            .Concat(Enumerable.Repeat("erased", outcome.Identities.Erasures))
            .Concat(Enumerable.Repeat("late", outcome.Counts.Late))
            .Concat(Enumerable.Repeat("duplicate", outcome.Counts.Duplicates))
            .Concat(Enumerable.Repeat("collision", outcome.Counts.Collisions))
            .Append(outcome.PartialMatchesMax > 40 ? "too wide" : "comparable")
            .Append(outcome.Decisions.Count == 0 ? "silent case" : "speaking case");
        foreach (var what in met)
            reached[what] = reached.GetValueOrDefault(what) + 1;
    }
}
