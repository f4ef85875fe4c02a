using System.Text;
using StreamEngage.Detect;
using StreamEngage.Host.Explaining;
using StreamEngage.Rulebooks;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Host.Tests.Explaining;

/// <summary>
/// One lane with all users of a random case, fed by a journal of random steps: batches, ticks, what the lane tells itself, and now and then another rulebook.
/// </summary>
internal sealed class MadeAgainLane
{
    private const string FirstVersion = "first", NextVersion = "next";

    private readonly int _seed;
    private readonly RandomCase _case;
    private readonly CompiledRulebook _rulebook;
    private readonly byte[]? _change;
    private readonly int _changeAfter;

    /// <param name="seed">Makes the same lane.</param>
    /// <param name="features">What the rulebook has.</param>
    /// <param name="changes">Another rulebook comes into force on the way.</param>
    public MadeAgainLane(int seed, CaseFeatures features, bool changes)
    {
        (_seed, _case) = (seed, RandomCase.Of(seed, features));
        _rulebook = RulebookCompiler.Compile(_case.Rulebook);
        if (!changes) return;
        var next = new RulebookText(NextVersion, RandomCase.Of(seed + 1, features).Files);
        _change = new LaneMessage(MessageKind.Rulebook, LaneMessage.NoLane, 0, next.Encode()).Encode();
        _changeAfter = _case.Events.Count / 2;
    }

    public IEnumerable<string> Users => _case.Events.Select(e => e.User).Distinct();

    public override string ToString() => _case.ToString();

    /// <summary>What the lane's topics tell of a user.</summary>
    public async Task<ServedUser> OfAsync(string user)
    {
        var names = new HashSet<string> { user };
        while (true)
        {
            var history = new LaneHistory(user, names);
            var topics = new LaneTopics(["input"], "exchange", _rulebook.Definition.Policy.Channels, "quarantine", "decisions");
            var rules = new ReplayRules(
                _rulebook, RulebookText.Named(FirstVersion), new(text => RulebookFiles.Read(text.Files).Definition), schema => new JsonRecords(schema));
            var replay = new LaneReplay(rules, topics, 0, new(KeyHash.Murmur2, 1), history);
            var journal = new RandomJournal(new Random(_seed), _case.Events.Count, replay, history) { Change = (_change, _changeAfter, NextVersion) };
            var problem = await replay.RunAsync(journal.Steps(FirstVersion), (topic, until) => ReadAsync(journal, topic, until), default);
            Assert.True(problem is null, problem);
            if (history.Joined.Count == 0) return new(user, 0) { History = history, Rules = (FirstVersion, _rulebook.Definition) };
            names.UnionWith(history.Joined);
        }
    }

    private async IAsyncEnumerable<InputRecord> ReadAsync(RandomJournal journal, int topic, long until)
    {
        for (; journal.Read[topic] < until; journal.Read[topic]++)
        {
            var offset = journal.Read[topic];
            var value = topic == 0 ? Encoding.UTF8.GetBytes(_case.Events[(int)offset].ToString()) : journal.Exchange[(int)offset];
            yield return new(0, topic, offset, Limits.EventTimeMax, value);
        }
        await Task.CompletedTask;
    }

    /// <summary>Steps as a lane might have journaled them; each is made when the one before it has been run.</summary>
    private sealed class RandomJournal(Random random, int events, LaneReplay replay, LaneHistory history)
    {
        private int _told;
        private long _number;
        private long[] _applied = [0, 0];

        public long[] Read { get; } = [0, 0];

        public List<ReadOnlyMemory<byte>> Exchange { get; } = [];

        public (byte[]? Message, int After, string Version) Change { get; init; }

        public IEnumerable<JournalStep> Steps(string version)
        {
            while (true)
            {
                Hear();
                if (Change.Message is { } change && version != Change.Version && _applied[0] >= Change.After)
                {
                    Exchange.Add(change);
                    // What else waits there comes before it.
                    while (_applied[1] < Exchange.Count - 1) yield return Next(0, 1, version);
                    version = Change.Version;
                    yield return Next(0, 1, version);
                }
                else if (_applied[1] < Exchange.Count) yield return Next(0, 1, version);
                else if (_applied[0] < events) yield return Next(random.Next(Math.Min(5, events - (int)_applied[0]) + 1), 0, version);
                else yield break;
            }
        }

        /// <summary>What the lane told itself so far.</summary>
        private void Hear()
        {
            var told = replay.Made.Where(made => made.Key.StartsWith("exchange/", StringComparison.Ordinal)).ToList();
            foreach (var (_, record) in told.Skip(_told)) Exchange.Add(record.Value);
            _told = told.Count;
        }

        private JournalStep Next(int inputs, int messages, string version)
        {
            _applied = [_applied[0] + inputs, _applied[1] + messages];
            // Sometimes to the very instant where it stands, sometimes far ahead.
            long? tick = messages > 0 || random.Next(3) == 0 || history.Clock.UnixMilliseconds <= 0 ? null
                : history.Clock.UnixMilliseconds + (random.Next(3) == 0 ? random.Next(3_600_000) : random.Next(2) * random.Next(60_000));
            return new(++_number, new(_applied), tick, version, 0);
        }
    }
}
