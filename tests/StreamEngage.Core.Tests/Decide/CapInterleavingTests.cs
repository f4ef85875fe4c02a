using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rulebooks;
using StreamEngage.State;
using StreamEngage.Tests.Naive.Cases;

namespace StreamEngage.Decide;

/// <summary>
/// No order in which prompts are reserved, sent, given back by an outcome and brought together by a merge exceeds a cap: each is compared with a list of
/// all prompts, and no window holds more than its limit until a merge brings two users' prompts together. A prompt that is decided again, as a replay does,
/// does not count against itself. Now and then a user is written down and read again, as a lane does.
/// </summary>
public sealed class CapInterleavingTests
{
    private const int Interleavings = 1_000_000;
    private const int StepsMax = 12;
    private const int StoredPercent = 10;

    // In UTC, the zone of users whose own nobody knows. Calendar caps begin anew in the middle of most interleavings.
    private const long MondayMidnight = 1_600_041_600_000;
    private const long Day = 86_400_000;

    // Of the same lengths as the caps, so that many meet a border exactly.
    private static readonly long[] _pauses = [0, 1, 4, 5, 6, 9, 10, 11];
    private static readonly string[] _channels = ["push", "email"];
    private static readonly string[] _purposes = ["marketing", "news", "transactional"];

    private static readonly string[] _caps =
    [
        "{limit: 1, per: 5ms}", "{limit: 2, per: 10ms}", "{limit: 2, per: 10ms, channel: push}", "{limit: 1, per: 10ms, category: news}",
        "{limit: 0, per: 10ms, channel: email}", "{limit: 1, per: day}", "{limit: 2, per: week, channel: push}",
    ];

    private static readonly Lane _memory = new();
    private static readonly RecordWriter _record = new();

    [Fact]
    public void NoInterleaving_ExceedsACap()
    {
        var rulebooks = _caps.Select(Compile).Append(Compile($"{_caps[1]}, {_caps[2]}")).ToArray();
        var (decided, refused, merged, stored) = (0L, 0L, 0L, 0L);
        for (var seed = 1; seed <= Interleavings; seed++)
        {
            var dice = new Dice(seed);
            var interleaving = new Interleaving(dice.Of(rulebooks), dice, seed);
            for (var steps = dice.Between(3, StepsMax); steps > 0; steps--) interleaving.Step();
            (decided, refused, merged) = (decided + interleaving.Decided, refused + interleaving.Refused, merged + (interleaving.IsMerged ? 1 : 0));
            stored += interleaving.Stored;
        }
        Assert.True(
            decided > Interleavings && refused > Interleavings / 4 && merged > Interleavings / 10 && stored > Interleavings / 4,
            $"{decided} decided, {refused} refused, {merged} merged, {stored} prompts written and read");
    }

    private static CompiledRulebook Compile(string caps) => RulebookCompiler.Compile(RulebookFiles.Read(new Dictionary<string, string>
    {
        ["policy.yaml"] = $"channels: {{push: p, email: e}}\ncaps: [{caps}]\n",
        ["t.yaml"] = "trigger: t\non: {event: click}\n",
    }).Definition!);

    /// <summary>Two users, the engine's knowledge of their prompts and a plain list of them.</summary>
    private sealed class Interleaving(CompiledRulebook rulebook, Dice dice, int seed)
    {
        private readonly FrequencyCaps _gate = new(rulebook, rulebook.NewCivilTime());
        private readonly UserState[] _users = [User("a"), User("b")];
        private readonly List<Known>[] _known = [[], []];
        private long _clock = MondayMidnight - dice.Between(0, 60);
        private int _ids;

        public int Decided { get; private set; }

        public int Refused { get; private set; }

        /// <summary>Prompts that were written down and read again.</summary>
        public int Stored { get; private set; }

        public bool IsMerged { get; private set; }

        public void Step()
        {
            _clock += dice.Of(_pauses);
            var one = IsMerged ? 0 : dice.Between(0, 1);
            if (dice.Chance(StoredPercent)) Store(one);
            switch (dice.Between(0, 9))
            {
                case 0: Merge(); break;
                case 1 or 2: Fail(one); break;
                case 3: Release(one); break;
                case 4: DecideAgain(one); break;
                default: Decide(one); break;
            }
            if (!IsMerged) AssertNoWindowIsOverfull(one);
        }

        private void Decide(int one)
        {
            var known = new Known(seed * 100 + _ids++, dice.Of(_channels), dice.Of(_purposes), _clock) { IsHeld = dice.Chance(40) };
            if (!MayBeMade(one, known, known.Trace())) return;
            (_users[one].Contact ??= new()).Add(known.IsHeld ? known.Trace() with { IsHeld = true } : known.Trace(), EventTime.Beginning);
            _known[one].Add(known);
            Decided++;
        }

        private void DecideAgain(int one)
        {
            if (_known[one].Count == 0) return;
            var again = dice.Of(_known[one]) with { At = _clock };
            MayBeMade(one, again, again.Trace());
        }

        /// <summary>Its reservation ends; it is sent now, or not at all.</summary>
        private void Release(int one)
        {
            if (_known[one].FirstOrDefault(known => known.IsHeld) is not { } held) return;
            var now = held with { At = _clock, IsHeld = false };
            var isLet = MayBeMade(one, now, now.Trace());
            _users[one].Contact!.Remove(held.PromptId);
            _known[one].Remove(held);
            if (!isLet) return;
            _users[one].Contact!.Add(now.Trace(), EventTime.Beginning);
            _known[one].Add(now);
        }

        /// <summary>An outcome, however late: its place is free again.</summary>
        private void Fail(int one)
        {
            var sent = _known[one].FindAll(known => !known.IsHeld);
            if (sent.Count == 0) return;
            var known = dice.Of(sent);
            known.IsFailed = true;
            _users[one].Contact!.Mark(known.PromptId, PromptFate.Failed);
        }

        private void Merge()
        {
            if (IsMerged) return;
            (_users[0].Contact, _) = ContactUnion.Of(_users[0].Contact, _users[1].Contact);
            _known[0].AddRange(_known[1]);
            IsMerged = true;
        }

        /// <summary>The user leaves memory and comes back.</summary>
        private void Store(int one)
        {
            var codec = new UserStateCodec(rulebook.Layout, _memory);
            _record.Clear();
            codec.Write(_users[one], _record);
            _users[one] = new(_users[one].Id, _users[one].Hash);
            Assert.True(codec.TryRead(_record.Written, _users[one]), $"seed {seed}: what was written is not read");
            Stored += _users[one].Contact?.Prompts.Length ?? 0;
        }

        private bool MayBeMade(int one, Known prompt, PromptTrace trace)
        {
            var full = rulebook.Definition.Policy.Caps.FirstOrDefault(cap => Concerns(cap, prompt) && Counted(one, cap, prompt) >= cap.Limit);
            var found = _gate.Full(_users[one], trace, new(_clock));
            Assert.True(found == full, $"seed {seed}: {found?.ToString() ?? "none"} is full, by the list {full?.ToString() ?? "none"}");
            if (full is not null) Refused++;
            return full is null;
        }

        private int Counted(int one, Rules.CapDefinition cap, Known prompt) => _known[one].Count(other =>
            other.Id != prompt.Id && !other.IsFailed && Concerns(cap, other) && IsNear(cap, other.At, prompt.At));

        private static bool IsNear(Rules.CapDefinition cap, long one, long other) =>
            cap.PerMilliseconds is { } per ? Math.Abs(one - other) < per : UnitOf(cap, one) == UnitOf(cap, other);

        private static long UnitOf(Rules.CapDefinition cap, long at) =>
            (long)Math.Floor((at - MondayMidnight) / (double)(cap.PerUnit == "week" ? 7 * Day : Day));

        private void AssertNoWindowIsOverfull(int one)
        {
            foreach (var cap in rulebook.Definition.Policy.Caps)
            {
                foreach (var last in _known[one])
                {
                    var inWindow = _known[one].Count(other =>
                        !other.IsFailed && Concerns(cap, other) && other.At <= last.At && IsNear(cap, other.At, last.At));
                    Assert.True(inWindow <= cap.Limit, $"seed {seed}: {inWindow} in a window of {cap}");
                }
            }
        }

        private static bool Concerns(Rules.CapDefinition cap, Known prompt) => prompt.Purpose != "transactional"
            && (cap.Channel is null || cap.Channel == prompt.Channel) && (cap.Category is null || cap.Category == prompt.Purpose);

        private static UserState User(string id) => new(new(id), Hash64.Of(new Utf8Text(id).Span));
    }

    /// <summary>A prompt as the list has it.</summary>
    private sealed record Known(int Id, string Channel, string Purpose, long At)
    {
        public bool IsHeld { get; init; }

        public bool IsFailed { get; set; }

        public UInt128 PromptId => (UInt128)Id;

        public PromptTrace Trace() => new(PromptId, ContactBook.IdentityOf(new(Channel)), ContactBook.IdentityOf(new(Purpose))) { At = new(At) };
    }
}
