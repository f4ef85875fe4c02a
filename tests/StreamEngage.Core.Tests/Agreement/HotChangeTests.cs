using StreamEngage.Core.Tests.Identity;
using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Rules.Expressions;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>A rulebook that comes into force in the middle of a stream.</summary>
public sealed class HotChangeTests
{
    private const int Cases = 400;

    /// <summary>What is the same for a rulebook that was there all along and one that is new, once the windows of the new one are complete.</summary>
    private const CaseFeatures Comparable = CaseFeatures.Patterns | CaseFeatures.Absences | CaseFeatures.Silences | CaseFeatures.Segments
        | CaseFeatures.Calendar | CaseFeatures.LateEvents | CaseFeatures.Disorder | CaseFeatures.Exits | CaseFeatures.Keys | CaseFeatures.Predicates;

    /// <summary>What one user gets does not depend on others, nor on who the user was before.</summary>
    private const CaseFeatures OfEachUserAlone = CaseFeatures.Settled & ~CaseFeatures.Identity & ~CaseFeatures.Erasure & ~CaseFeatures.Outcomes
        & ~CaseFeatures.Lifecycle & ~CaseFeatures.Harm;

    private const int OtherSeeds = 100_000;

    private static readonly EventTime Ever = new(Limits.EventTimeMax);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ChangeToTheSameRulebook_ShowsInNothing(int lanes)
    {
        for (var seed = 1; seed <= Cases; seed++)
        {
            var found = RandomCase.Of(seed, CaseFeatures.Settled);
            if (found.Events.Count == 0) continue;
            var instants = found.Events.Select(e => e.At).Distinct().Order().ToList();
            var changes = instants.Where((_, place) => place % 3 == 1).SelectMany(at => new[] { at, at + 1 }).Distinct().ToList();
            var whole = EmbeddedRun.Of(found.Rulebook, found.Events).Text;
            var changed = Changed(found.Rulebook, found, [.. changes.Select(at => (new EventTime(at), found.Rulebook))], lanes);
            Assert.True(whole == changed.Text, $"seed {seed}, changed at {string.Join(' ', changes)}");
        }
    }

    /// <summary>
    /// Other versions of which each says that journeys go on where they are, under other names of the steps that they wait at: whatever is under way when one
    /// comes into force, no timer is lost, and none fires twice.
    /// </summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void ChangeToOtherVersionsThatTakeJourneysOver_ShowsInNothing(int lanes)
    {
        var (waited, entered) = (0, 0);
        for (var seed = 1; seed <= 4 * Cases; seed++)
        {
            // What came of prompts is counted by version, and what happened before a version came enters nothing, however late it comes.
            var found = RandomCase.Of(seed, CaseFeatures.Settled & ~CaseFeatures.Outcomes & ~CaseFeatures.LateEvents & ~CaseFeatures.Harm);
            if (found.Events.Count == 0 || !found.Rulebook.Triggers.Any(trigger => trigger.Steps.Count > 0)) continue;
            var instants = found.Events.Select(e => e.At).Distinct().Order().ToList();
            var places = instants.Where((_, place) => place % 3 == 1).SelectMany(at => new[] { at, at + 1 }).Distinct().ToList();
            var changes = places.Select((at, place) => (At: new EventTime(at), Next: JourneysTakenOver.Version(found.Rulebook, 2 + place))).ToArray();
            var whole = KnownFromTheStartTests.Lines(EmbeddedRun.Of(found.Rulebook, found.Events), long.MinValue);
            var run = Changed(found.Rulebook, found, changes, lanes);
            var changed = KnownFromTheStartTests.Lines(run, long.MinValue);
            Assert.True(whole.SequenceEqual(changed), $"seed {seed}, changed at {string.Join(' ', places)}\nlost\n{string.Join('\n', whole.Except(changed))}\n"
                + $"surplus\n{string.Join('\n', changed.Except(whole))}\n{found}");
            var steps = run.Decisions.Where(decision => decision.Step is not null).ToList();
            waited += steps.Count(decision => changes.Any(change => change.At <= decision.At
                && found.Events.Any(e => e.At < change.At.UnixMilliseconds && decision.Causes.Contains(e.Id))));
            entered += steps.Count;
        }
        Assert.True(waited > 300 && entered > waited, $"{waited} of {entered} prompts of journeys came under a later version than they began");
    }

    [Fact]
    public void NewRulebook_DecidesNewFactsAsIfItHadBeenThereAllAlong_AndOldFactsNotAtAll()
    {
        var (compared, backfilled) = (0, 0);
        for (var seed = 1; seed <= 4 * Cases; seed++)
        {
            var found = RandomCase.Of(seed, Comparable);
            if (found.Events.Count < 2 || ReadsForEver(found.Rulebook)) continue;
            var at = new EventTime(found.Events[found.Events.Count / 2].At);
            var before = found.Rulebook with { Triggers = [], Segments = [] };
            var after = Changed(before, found, [(at, found.Rulebook)]);
            var activated = found.Rulebook.Triggers.Select(trigger => trigger with { Activation = Later(trigger.Activation, at) });
            var allAlong = EmbeddedRun.Of(found.Rulebook with { Triggers = [.. activated] }, found.Events);
            var expected = allAlong.Decisions.Where(d => d.At >= at).ToLookup(Name);
            foreach (var decision in after.Decisions)
            {
                Assert.True(decision.At >= at, $"seed {seed}: {Name(decision)} before the change");
                if (decision.Reason == Decide.Reason.Backfill) backfilled++;
                else
                {
                    compared++;
                    Assert.True(expected[Name(decision)].Any(), $"seed {seed}: {Name(decision)} is not of the rulebook that was there all along");
                }
            }
            var made = after.Decisions.Select(Name).ToHashSet();
            made.UnionWith(after.Decisions.Where(d => d.Reason == Decide.Reason.Backfill).Select(d => Name(d with { Reason = Decide.Reason.Predicate })));
            var completeFrom = CompleteFrom(found.Rulebook, at);
            foreach (var missing in allAlong.Decisions.Where(d => Began(d, found) >= completeFrom[d.Trigger] && !made.Contains(Name(d))))
                Assert.Fail($"seed {seed}: {Name(missing)} {missing.Verdict} is lost, changed at {at}\n{found}");
        }
        Assert.True(compared > 500 && backfilled > 100, $"{compared} compared, {backfilled} backfilled");
    }

    /// <summary>Of users who come after the change nothing is known from before it: all that is decided for them is the same, gates and prompts too.</summary>
    [Fact]
    public void NewRulebook_DecidesUsersWhoComeAfterIt_AsIfItHadBeenThereAllAlong()
    {
        var (compared, backfilled) = (0, 0);
        for (var seed = 1; seed <= 4 * Cases; seed++)
        {
            var found = RandomCase.Of(seed, OfEachUserAlone);
            var firstOf = found.Events.GroupBy(e => e.User).ToDictionary(own => own.Key, own => own.Min(e => e.At));
            if (firstOf.Count < 2) continue;
            var at = firstOf.Values.Order().ElementAt(1);
            var other = RandomCase.Of(seed + OtherSeeds, OfEachUserAlone).Rulebook;
            var former = other.Triggers.Select(trigger => trigger with { Name = $"former-{trigger.Name}" });
            var changed = Changed(other with { Policy = found.Rulebook.Policy, Triggers = [.. former] }, found, [(new(at), found.Rulebook)]);
            var allAlong = EmbeddedRun.Of(found.Rulebook, found.Events);
            foreach (var newcomer in firstOf.Where(first => first.Value >= at).Select(first => first.Key))
            {
                if (changed.Decisions.Any(d => d.User == newcomer && d.Reason == Decide.Reason.Backfill))
                {
                    backfilled++;
                    continue;
                }
                var (expected, actual) = (allAlong.OfUser(newcomer), changed.OfUser(newcomer));
                compared += actual.Decisions.Count;
                Assert.True(expected.Text == actual.Text, $"seed {seed}, {newcomer}, changed at {at}:\n{expected.Text}\nnow\n{actual.Text}\n{found}");
            }
        }
        Assert.True(compared > 500 && backfilled > 100, $"{compared} compared, {backfilled} users with backfill");
    }

    /// <summary>Whether it passed its condition: arbitration is between different sets while some of them are suppressed as backfill.</summary>
    private static string Name(DecisionRecord d) =>
        $"{d.At} {d.User} {d.Trigger} {d.Instance} {string.Join(',', d.Causes)} {d.Reason == Decide.Reason.Predicate}";

    private static EventTime? Later(EventTime? activation, EventTime at) => activation is { } own && own > at ? own : at;

    private static EventTime Began(DecisionRecord d, RandomCase found) =>
        d.Causes.Count == 0 ? d.At : new(found.Events.Where(e => d.Causes.Contains(e.Id)).Min(e => e.At));

    /// <summary>From when on all that a trigger is found by is complete.</summary>
    private static Dictionary<string, EventTime> CompleteFrom(RulebookDefinition rulebook, EventTime at)
    {
        var layout = RulebookCompiler.Compile(rulebook with { Triggers = [], Segments = [] }).Layout;
        var compiled = RulebookCompiler.Compile(rulebook);
        var former = StreamEngage.State.Tenure.FromBeginning(layout);
        var fresh = RulebookCompiler.Compile(rulebook, former, former.Under(compiled.Layout, at), []);
        return fresh.Triggers.ToDictionary(trigger => trigger.Name, trigger => EventTime.Max(trigger.ActiveFrom, trigger.FoundFrom));
    }

    private static bool ReadsForEver(RulebookDefinition rulebook) => rulebook.Segments.Select(segment => segment.If)
        .Concat(rulebook.Triggers.SelectMany(TriggerExpressions.Of)).SelectMany(ExpressionTree.Terms)
        .Any(term => term is CallExpression { Function: "since" } or NameExpression { Scope: "user" } or NameExpression { Scope: "session" });

    private static EmbeddedRun Changed(RulebookDefinition first, RandomCase found, (EventTime At, RulebookDefinition Next)[] changes, int lanes = 1)
    {
        var (prompts, decisions) = (new List<PromptCommand>(), new List<DecisionRecord>());
        var run = new PipelineRun(RulebookCompiler.Compile(first), lanes) { BatchEvents = 7, Prompt = prompts.Add, Decision = decisions.Add };
        foreach (var (at, next) in changes) run.ChangeAt(at, next);
        foreach (var e in found.Events) run.Offer(EmbeddedRun.LineOf(e), Ever);
        run.End(drain: true);
        return new(prompts, decisions);
    }
}
