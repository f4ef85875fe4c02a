using StreamEngage.Detect;
using StreamEngage.Emit;
using StreamEngage.Events;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;
using StreamEngage.Tests.Naive;

namespace StreamEngage.Core.Tests.Agreement;

/// <summary>A user moves from one lane of <c>serve</c> to another that is under another rulebook at that moment.</summary>
public sealed class MoveBetweenReignsTests
{
    private const long Start = 1_767_225_600_000, Hour = 3_600_000;
    private const string Journey = "on: {event: signup}\nsteps: [{wait: 12h, name: pause}, {prompt: {}, name: hello}]\n";
    private const string Reminder = "trigger: reminder\nversion: {0}\non: {event: click}\ndecide: {cooldown: 2d}\n";
    private const string Segment = "segment: busy\nif: count(view) over 7d >= 2\n";

    private static readonly Dictionary<string, string> _before = new()
    {
        ["policy.yaml"] = "quiet_hours: {from: \"22:00\", to: \"08:00\", channels: [email]}\n",
        ["journey.yaml"] = "trigger: journey\nversion: 1\n" + Journey,
        ["reminder.yaml"] = Reminder.Replace("{0}", "1", StringComparison.Ordinal),
        ["night.yaml"] = "trigger: night\non: {event: late}\ndecide: {channels: [email], expires: 1d}\n",
        ["views.yaml"] = "trigger: views\non: {event: probe}\nif: count(view) over 7d >= 3\n",
    };

    private static readonly Dictionary<string, string> _after = new()
    {
        ["policy.yaml"] = _before["policy.yaml"],
        ["old.yaml"] = "trigger: journey\nversion: 1\ndraining: true\n" + Journey,
        ["new.yaml"] = "trigger: journey\nversion: 2\n" + Journey,
        ["reminder.yaml"] = Reminder.Replace("{0}", "2", StringComparison.Ordinal),
        ["views.yaml"] = _before["views.yaml"],
        ["busy.yaml"] = "trigger: busy\non: {segment: busy, edge: enter}\n",
        ["segments/busy.yaml"] = Segment,
    };

    /// <summary>The journey drains, the cooldown goes on, what a trigger that is gone held is retired, and a new segment has found its members.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("known")]
    [InlineData("anonymous")]
    [InlineData("anonymous known")]
    public void WhatIsKnown_IsTakenThroughTheChange_WhicheverLaneMadeItFirst(string changedBefore)
    {
        // Nobody enters the segment: who was in it before is found without an edge. Whose the held one was when it ended depends on the order.
        Assert.Equal(
            ["a 1 night held", "a 1 night retired", "a 1 reminder sent", "ann 1 journey sent", "ann 1 views sent", "ann 2 reminder cooldown"],
            Moved(changedBefore, merge: true).Select(line => line.Replace("ann 1 night", "a 1 night", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void WithoutTheMove_NothingOfItIsTheKnownUsers() =>
        Assert.DoesNotContain("ann 1 views sent", Moved("known", merge: false));

    private static List<string> Moved(string changedBefore, bool merge)
    {
        var first = Read(_before);
        var (anonymous, known) = (new ServedLane(0, first), new ServedLane(1, first));
        ServedLane[] lanes = [anonymous, known];
        anonymous.Do("a", "late", Start - Hour);
        anonymous.Do("a", "signup", Start + Hour);
        anonymous.Do("a", "click", Start + 2 * Hour);
        anonymous.Do("a", "view", Start + 3 * Hour);
        anonymous.Do("a", "view", Start + 3 * Hour);
        known.Do("ann", "view", Start + 3 * Hour);
        foreach (var lane in lanes.Where(lane => changedBefore.Contains(lane.Name, StringComparison.Ordinal))) lane.Change(Read(_after), Start + 4 * Hour);
        if (merge)
        {
            known.Do("ann", "identify", Start + 5 * Hour, "a");
            anonymous.Hear(known);
            known.Hear(anonymous);
        }
        foreach (var lane in lanes.Where(lane => !changedBefore.Contains(lane.Name, StringComparison.Ordinal))) lane.Change(Read(_after), Start + 6 * Hour);
        known.Do("ann", "probe", Start + 7 * Hour);
        known.Do("ann", "click", Start + 8 * Hour);
        known.Do("ann", "probe", Start + 14 * Hour);
        return [.. lanes.SelectMany(lane => lane.Lines).Distinct()];
    }

    private static RulebookDefinition Read(Dictionary<string, string> files)
    {
        var reading = RulebookFiles.Read(files);
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
    }

    /// <summary>A lane of two, and its store.</summary>
    private sealed class ServedLane
    {
        private readonly Dictionary<Utf8Text, UserWrite> _store = [];
        private readonly Queue<LaneMessage> _told = new();
        private readonly int _own;
        private LaneEngine _engine;
        private int _ids;

        public ServedLane(int own, RulebookDefinition rulebook)
        {
            _own = own;
            var compiled = RulebookCompiler.Compile(rulebook);
            var exchange = new LaneExchange(own, 2, compiled) { Map = new(own, id => id.Span.SequenceEqual("a"u8) ? 0 : 1) };
            var reigns = LaneReigns.Of(compiled, RulebookText.Named("before"));
            _engine = new(reigns, new JsonRecords(compiled.Schema), exchange, cachedBytes: 1, wantsDecisions: true);
        }

        public string Name => _own == 0 ? "anonymous" : "known";

        public List<string> Lines { get; } = [];

        public void Do(string user, string type, long at, string? anonymous = null)
        {
            var props = anonymous is null ? new Dictionary<string, object?>() : new() { ["anonymous"] = anonymous };
            var e = new NaiveEvent($"{user}{_ids++}", user, type, at, props);
            Assert.Equal(Ingest.Decoded.Event, _engine.Take(Record(EmbeddedRun.LineOf(e)), rate: null, unfit: []));
            Step();
        }

        public void Change(RulebookDefinition next, long at)
        {
            _engine.Pass(new(at));
            Step();
            var reigns = _engine.Reigns.Under(RulebookText.Named("after"), _engine.Reigns.Prepare(next), _engine.Clock);
            _engine = _engine.Under(reigns, new JsonRecords(reigns.Rulebook.Schema));
        }

        public void Hear(ServedLane other)
        {
            while (other._told.TryDequeue(out var message)) Assert.Equal(Ingest.Decoded.Event, _engine.Hear(Record(message.Encode())));
            Step();
        }

        private static InputRecord Record(ReadOnlyMemory<byte> value) => new(0, 0, 0, Limits.EventTimeMax, value);

        private void Step()
        {
            for (var missing = _engine.Missing(); missing.Count > 0; missing = _engine.Missing())
                foreach (var user in missing) Bring(user);
            foreach (var due in _store.Values.Where(write => write.Due <= _engine.Clock.UnixMilliseconds).ToList()) Bring(due.User);
            foreach (var decision in _engine.Run(tick: null).Decisions) Lines.Add(Line(decision));
            foreach (var write in _engine.Changes(epoch: 0)) _store[write.User.Detach()] = write;
            foreach (var told in _engine.Messages()) _told.Enqueue(told.Message);
            _engine.Done();
        }

        private void Bring(Utf8Text user) =>
            Assert.True(_engine.TryBring(user, _store.TryGetValue(user, out var write) ? write.Record.Span : default, epoch: 0), $"the record of {user}");

        private static string Line(DecisionRecord decision) => $"{decision.User} {decision.Version} {decision.Trigger} "
            + (Decide.ReasonCodes.Code(decision.Reason) ?? decision.Verdict.ToString().ToLowerInvariant());
    }
}
