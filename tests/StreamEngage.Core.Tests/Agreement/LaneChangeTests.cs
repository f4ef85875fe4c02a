using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rules;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;
using StreamEngage.Tests.Naive;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>
/// Rulebooks that follow one another in a lane of <c>serve</c>, whose users are in a store and are brought under the new one when they are met, decide as in
/// a run, whose users are all in memory.
/// </summary>
public sealed class LaneChangeTests
{
    private const int Cases = 600, OthersFrom = 1_200;

    // Events that are held to be put in order were decoded for the rulebook that ends; what comes of prompts, and how users rank, is told in steps of its own.
    private const CaseFeatures Of =
        CaseFeatures.Settled & ~CaseFeatures.Disorder & ~CaseFeatures.Outcomes & ~CaseFeatures.Harm & ~CaseFeatures.Calendar
            & ~CaseFeatures.Lifecycle;

    private static readonly EventTime Ever = new(Limits.EventTimeMax);

    [Fact]
    public void ChangesInALane_DecideAsChangesInARun_WhoeverIsInMemory()
    {
        var (decisions, retired, carried, drained) = (0, 0, 0, 0);
        for (var seed = 1; seed <= Cases; seed++)
        {
            var found = RandomCase.Of(seed, Of);
            var script = Script.Of(found);
            if (script is null) continue;
            var expected = InRun(script);
            foreach (var cached in (long[])[1, 2_000, long.MaxValue])
            {
                var lane = new ServedLane(script.First, cached);
                var made = lane.Play(script);
                Assert.True(expected.SequenceEqual(made), $"seed {seed}, {cached} bytes in memory: {Difference(expected, made)}\n{script}\n{found}");
                carried += lane.Carried;
            }
            decisions += expected.Count;
            drained += expected.Count(line => line.Contains("\"step\"", StringComparison.Ordinal) && script.Drains(line));
            retired += expected.Count(line => line.Contains("\"retired\"", StringComparison.Ordinal));
        }
        Assert.True(decisions > 5_000 && retired > 10 && carried > 1_000 && drained > 20,
            $"{decisions} decisions, {retired} retired, {carried} users carried over, {drained} by versions of which one drained");
    }

    private static string Difference(List<string> expected, List<string> made) =>
        $"lost:\n{string.Join('\n', expected.Except(made).Take(3))}\nphantom:\n{string.Join('\n', made.Except(expected).Take(3))}";

    private static List<string> InRun(Script script)
    {
        var lines = new Lines();
        var run = new PipelineRun(RulebookCompiler.Compile(script.First)) { Prompt = lines.Add, Decision = lines.Add };
        var changes = script.Changes.ToDictionary(change => change.Before);
        for (var i = 0; i < script.Events.Count; i++)
        {
            // Not before: a run that knows what is coming keeps what that reads.
            if (changes.TryGetValue(i, out var change)) run.ChangeAt(change.At, change.Next);
            run.Offer(EmbeddedRun.LineOf(script.Events[i]), Ever);
        }
        run.Flush();
        run.End(drain: false);
        return lines.InOrder;
    }

    /// <summary>Events, and between some of them another rulebook.</summary>
    private sealed record Script(
        RulebookDefinition First, IReadOnlyList<NaiveEvent> Events, IReadOnlyList<(int Before, EventTime At, RulebookDefinition Next)> Changes)
    {
        private const long Afterwards = 10 * 24 * 3_600_000L;

        /// <summary>Null: there is no place for a change.</summary>
        public static Script? Of(RandomCase found)
        {
            var clock = long.MinValue;
            var places = new List<(int Before, long Clock, long Next)>();
            for (var i = 0; i < found.Events.Count; i++)
            {
                var at = found.Events[i].At;
                if (i > 0 && at > clock) places.Add((i, clock, at));
                clock = Math.Max(clock, at);
            }
            if (places.Count == 0) return null;
            // A last event of nobody, so that everything that waits has its time.
            var events = found.Events.Append(new($"end", "nobody", "page", clock + Afterwards, new Dictionary<string, object?>())).ToList();
            var dice = new Dice(found.Seed);
            var changes = new List<(int, EventTime, RulebookDefinition)>();
            var now = found.Rulebook;
            var others = RandomCase.Of(found.Seed + OthersFrom, LaneChangeTests.Of & ~CaseFeatures.Segments).Rulebook.Triggers;
            foreach (var place in places.Where(_ => dice.Chance(20)))
            {
                now = dice.Chance(20) ? found.Rulebook : Changed(now, others, dice);
                changes.Add((place.Before, new(dice.Of(place.Clock + 1, place.Next)), now));
            }
            return changes.Count == 0 ? null : new(found.Rulebook, events, changes);
        }

        private static RulebookDefinition Changed(RulebookDefinition former, IReadOnlyList<TriggerDefinition> others, Dice dice)
        {
            var triggers = former.Triggers.Where(_ => !dice.Chance(25)).SelectMany(trigger => Changed(trigger, dice)).ToList();
            foreach (var other in others)
                if (dice.Chance(40) && triggers.All(known => known.Name != $"new-{other.Name}")) triggers.Add(other with { Name = $"new-{other.Name}" });
            return former with { Triggers = triggers };
        }

        /// <summary>The version that takes entries, and beside it those that drain.</summary>
        private static TriggerDefinition[] Changed(TriggerDefinition trigger, Dice dice)
        {
            if (trigger.IsDraining) return [trigger];
            var next = trigger with { Version = trigger.Version + 1 };
            if (trigger.Steps.Count > 0 && dice.Chance(60))
            {
                next = next with { OnUpgrade = dice.Chance(30) ? UpgradeMode.Keep : UpgradeMode.Close };
                return dice.Chance(80) ? [next, trigger with { IsDraining = true }] : [trigger with { IsDraining = true }];
            }
            return dice.Between(0, 3) switch
            {
                0 => [next],
                1 => [next with { OnUpgrade = UpgradeMode.Keep }],
                2 => [trigger with { Decide = trigger.Decide with { Priority = 99 - trigger.Decide.Priority } }],
                _ => [trigger],
            };
        }

        /// <summary>A decision of a version that drains sooner or later.</summary>
        public bool Drains(string line) => Changes.SelectMany(change => change.Next.Triggers).Any(trigger => trigger.IsDraining
            && line.Contains($"\"trigger\":\"{trigger.Name}\",\"version\":{trigger.Version},", StringComparison.Ordinal));

        public override string ToString() => string.Join('\n', Changes.Select(change =>
            $"change at {change.At.UnixMilliseconds}: {string.Join(' ', change.Next.Triggers.Select(Name))}"));

        private static string Name(TriggerDefinition trigger) => $"{trigger.Name}.{trigger.Version}{(trigger.IsDraining ? " drains" : "")}";
    }

    /// <summary>What is decided, without the order in which it comes out: a lane ends what a change took away when it meets the user.</summary>
    private sealed class Lines
    {
        private readonly List<string> _lines = [];

        public List<string> InOrder => [.. _lines.Order(StringComparer.Ordinal)];

        public void Add(PromptCommand prompt) => _lines.Add(new EmbeddedRun([prompt], []).Text);

        public void Add(DecisionRecord decision) => _lines.Add(new EmbeddedRun([], [decision]).Text);
    }

    /// <summary>A lane's engine and a store, step by step.</summary>
    private sealed class ServedLane(RulebookDefinition first, long cachedBytes)
    {
        private const int StepRecords = 3;

        private readonly Lines _lines = new();
        private readonly Dictionary<Utf8Text, UserWrite> _store = [];
        private LaneEngine _engine = Engine(LaneReigns.Of(RulebookCompiler.Compile(first)), cachedBytes);

        public int Carried { get; private set; }

        public List<string> Play(Script script)
        {
            var changes = script.Changes.ToDictionary(change => change.Before);
            var taken = 0;
            for (var i = 0; i < script.Events.Count; i++)
            {
                if (changes.TryGetValue(i, out var change))
                {
                    Step();
                    // The clock comes to where the change is, as time goes by.
                    _engine.Pass(change.At);
                    Step();
                    Change(change.Next);
                }
                _engine.Take(new(0, 0, i, Ever.UnixMilliseconds, EmbeddedRun.LineOf(script.Events[i])), rate: null, unfit: []);
                if (++taken % StepRecords == 0) Step();
            }
            Step();
            return _lines.InOrder;
        }

        private static LaneEngine Engine(LaneReigns reigns, long cachedBytes) =>
            new(reigns, new JsonRecords(reigns.Rulebook.Schema), new(0, 1, reigns.Rulebook), cachedBytes, wantsDecisions: true);

        private void Change(RulebookDefinition next)
        {
            var reigns = _engine.Reigns.Under(RulebookText.Named($"{_engine.Reigns.Now.Number + 1}"), _engine.Reigns.Prepare(next), _engine.Clock);
            var source = _engine.Source();
            _engine = Engine(reigns, cachedBytes);
            Assert.True(_engine.TryRestore(source.Span, default, default));
            Carried += _store.Count;
        }

        private void Step()
        {
            for (var missing = _engine.Missing(); missing.Count > 0; missing = _engine.Missing())
                foreach (var user in missing) Bring(user);
            foreach (var due in _store.Values.Where(write => write.Due <= _engine.Clock.UnixMilliseconds + StepRecords * 1_000).ToList()) Bring(due.User);
            var output = _engine.Run(tick: null);
            foreach (var prompt in output.Prompts) _lines.Add(prompt);
            foreach (var decision in output.Decisions) _lines.Add(decision);
            foreach (var write in _engine.Changes(epoch: 0)) _store[write.User.Detach()] = write;
            _engine.Done();
        }

        private void Bring(Utf8Text user) =>
            Assert.True(_engine.TryBring(user, _store.TryGetValue(user, out var write) ? write.Record.Span : default, epoch: 0), $"the record of {user}");
    }
}
