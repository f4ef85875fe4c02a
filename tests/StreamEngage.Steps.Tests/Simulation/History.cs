using System.Globalization;
using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.State;
using StreamEngage.Steps.Reigns;
using StreamEngage.Testing;

namespace StreamEngage.Steps.Simulation;

/// <summary>
/// One history: the real instances over simulated edges, from one seed. Clicks arrive while things go wrong; then nothing goes wrong any more, and
/// what is visible in the end is compared with one engine that was never disturbed.
/// </summary>
internal sealed class History
{
    private const int Instances = 2, UsersALane = 3;
    private const int LooksEvery = 32, TurnsMax = 200_000;
    private const int QuietMilliseconds = 900;

    /// <summary>Of a view that the rulebook under test throws on.</summary>
    public const int UnfitPrice = 1_000_000;

    private readonly LaneTopics _topics;
    private readonly Fate _fate;
    private readonly World _world;
    private readonly SimulatedBroker _broker;
    private readonly Claims? _claims;
    private readonly Answers? _answers;
    private readonly InMemoryLaneStore _store = new();
    private readonly CompiledRulebook _rulebook;
    private readonly HistoryPlan _plan;
    private readonly List<(Transaction Transaction, string Prompt)> _afterOptOut = [];
    private readonly List<Member> _members = [];
    private readonly List<InMemoryLaneStore.Moment> _moments = [];
    private int _tokens;

    public History(ulong seed, CompiledRulebook rulebook, HistoryPlan plan)
    {
        _fate = new(seed);
        _world = new(_fate) { Chronicle = plan.Chronicle };
        _rulebook = rulebook;
        _plan = plan;
        _broker = new(plan.Lanes, plan.Topics);
        _topics = new(
            [.. Enumerable.Range(0, plan.Topics).Select(topic => $"clicks-{topic}")], "exchange", new Dictionary<string, string>(), "quarantine", null);
        _claims = plan.Moves is { } kind ? new(_fate, kind, plan.Lanes) : null;
        _answers = plan.IsAnswered ? new(_fate, _broker, _store, ReignsOf) : null;
        Happened = new(rulebook, _topics);
        Faults = new(_fate);
        foreach (var (fault, percent) in plan.Faults) Faults[fault] = percent;
    }

    public Faults Faults { get; }

    /// <summary>What came of prompts, of what a person was asked, and of journeys.</summary>
    public Happenings Happened { get; }

    /// <summary>Events that the engine throws on.</summary>
    public int Unfit => _broker.Visible.Count(record => record.Headers.Any(header => header.Value == "engine-fault"));

    /// <summary>Users of whom something was more than they may send.</summary>
    public int Overflowed => _broker.Visible.Count(record => record.Headers.Any(header => header.Value == "too-many-of-user"));

    /// <summary>Records of users that moved from lane to lane, as far as they are visible.</summary>
    public int Moved => Enumerable.Range(0, Lanes).SelectMany(_broker.VisibleExchange)
        .Select(record => LaneMessage.Decode(record.Value)!.Value).Where(message => message.Kind == MessageKind.Errand)
        .Count(message => ErrandCodec.Read(message.Body.Span, 0) is MoveReply { Record.IsEmpty: false });

    /// <summary>What lanes told each other of users.</summary>
    public IEnumerable<string> Errands =>
        from lane in Enumerable.Range(0, Lanes)
        from record in _broker.VisibleExchange(lane)
        let message = LaneMessage.Decode(record.Value)
        where message is { Kind: MessageKind.Errand }
        select $"lane {lane} at {record.Offset} from {message.Value.Sender}: {ErrandCodec.Read(message.Value.Body.Span, lane)}";

    private int Lanes => _plan.Lanes;

    /// <summary>Rulebooks that came into force, over all lanes, as they stand in the end.</summary>
    public int Changes => _members.SelectMany(member => member.Engine.Lanes).Sum(lane => lane.Engine?.Reigns.Now.Number ?? 0);

    /// <summary>Prompts that were decided and, since their users opted out, not published.</summary>
    public int Withdrawn { get; private set; }

    /// <summary>Runs to the end. Null: all is as it must be; else what is not.</summary>
    public string? Run()
    {
        for (var i = 0; i < Instances; i++) Start($"instance-{i}");
        _ = ClickAsync();
        _ = DisturbAsync();
        for (var turns = 0; turns % LooksEvery != 0 || !IsQuiet(); turns++)
        {
            if (turns > TurnsMax) return $"no rest after {turns} turns: {string.Join("; ", StandingOf())}";
            if (!_world.Turn()) return "nobody goes on";
            if (turns % LooksEvery == 0 && _members.Find(member => member.Work.IsFaulted) is { } broken) return broken.Work.Exception!.ToString();
        }
        return Compare();
    }

    private IEnumerable<string> StandingOf() => _members
        .SelectMany(member => member.Engine.Lanes).Select(lane => $"lane {lane.Lane} {lane.State} {lane.Trouble}");

    /// <summary>A name says where its user lives.</summary>
    private static int LaneOf(Utf8Text user) => user.Span[1] - '0';

    private static IReadOnlyList<string> UsersOf(int lane) => [.. Enumerable.Range(0, UsersALane).Select(user => $"u{lane}-{user}")];

    /// <summary>As whoever has the lane knows them.</summary>
    private LaneReigns? ReignsOf(int lane) => _members.Where(member => member.Actor.Name == _broker.Owner[lane].Member)
        .SelectMany(member => member.Engine.Lanes).FirstOrDefault(worker => worker.Lane == lane)?.Engine?.Reigns;

    private void Start(string name)
    {
        var actor = new Actor(name);
        var input = new SimulatedInput(_world, actor, _broker) { Without = _plan.Without };
        var store = new SimulatedStore(_world, actor, Faults, _store);
        var log = new SimulatedPromptLog(_world, actor, Faults, input)
        {
            Without = _plan.Without,
            IsAtLeastOnce = _plan.IsAtLeastOnce,
            Begun = NoteOptOuts,
        };
        var unguarded = _plan.Without is { } guard ? new Unguarded(store, log, guard) : null;
        var engine = new EngineInstance(new()
        {
            Store = unguarded as ILaneStore ?? store,
            Log = unguarded as IPromptLog ?? log,
            Input = input,
            Topics = _topics,
            Lanes = Lanes,
            LaneOf = LaneOf,
            Settings = _plan.UserRates.Count == 0 ? _plan.Settings : _plan.Settings with { UserRate = _fate.OneOf(_plan.UserRates) },
            Rulebook = _rulebook,
            Text = _plan.Text,
            Shelf = Undisturbed.Shelf,
            Aside = async work =>
            {
                await _world.Pause(actor, 1 + _fate.Below(40));
                work();
            },
            NewDecoder = schema => new JsonRecords(schema),
            Time = _world,
            NewToken = () => _plan.NewToken?.Invoke() ?? $"token-{++_tokens}",
        });
        _members.Add(new(actor, input, engine, engine.RunAsync(CancellationToken.None)));
    }

    /// <summary>Users click; every lane's input ends some time before the end.</summary>
    private async Task ClickAsync()
    {
        for (var i = 0; i < _plan.Clicks; i++)
        {
            await _world.Pause(Actor.Nobody, 1 + _fate.Below(20));
            if (_plan.Publications.Count > 0 && _fate.Happens(5)) Publish(_fate.OneOf(_plan.Publications));
            var lane = _fate.Below(Lanes);
            Write(lane, _claims?.Next(i, lane, _world.Now) ?? _answers?.Next(lane, UsersOf(lane), _world.Now) ?? Click(i, lane));
        }
        Faults.AreOver = true;
        foreach (var member in _members) member.Actor.IsStopped = false;
        if (_claims is not null) await ProbeAsync(_claims);
        _doneAt = _world.Now;
    }

    /// <summary>When all that moves has arrived, each user shows what it knows.</summary>
    private async Task ProbeAsync(Claims claims)
    {
        foreach (var next in (Func<long, IEnumerable<(int Lane, string Line)>>[])[claims.Erasures, claims.Beginnings, claims.Probes])
        {
            do await _world.Pause(Actor.Nobody, 100);
            while (!IsDone());
            foreach (var (lane, line) in next(_world.Now)) Write(lane, line);
        }
    }

    private void Write(int lane, string line)
    {
        var record = Encoding.UTF8.GetBytes(line);
        var topic = _plan.Topics == 1 ? 0 : _fate.Below(_plan.Topics);
        var input = _broker.Inputs[topic][lane];
        _world.Note($"lane {lane} gets {topic}/{input.Count}: {line}");
        input.Add(new(lane, topic, input.Count, _world.Now, record));
    }

    private long? _doneAt;

    /// <summary>A rulebook for every lane, in one case of four for the first of them only: somebody asks again later, or does not.</summary>
    private void Publish(RulebookText rulebook)
    {
        _world.Note($"rulebook {rulebook.Version} is published");
        var lanes = _fate.Happens(25) ? 1 : Lanes;
        for (var lane = 0; lane < lanes; lane++) _broker.Tell(lane, MessageKind.Rulebook, rulebook.Encode()!, _world.Now);
    }

    private string Click(int id, int lane)
    {
        if (_fate.Happens(2)) return "no event";
        var type = _fate.OneOf<string>(["view", "view", "cart_add", "purchase", "error", "submit"]);
        var at = _world.Now - (_fate.Happens(20) ? _fate.Below(300) : 0);
        var click = _fate.Happens(5) && id > 0 ? _fate.Below(id) : id;
        var user = _fate.OneOf(UsersOf(lane));
        var (kind, price) = (_fate.OneOf<string>(["a", "b"]), _fate.Below(50));
        if (type == "view" && _plan.UnfitPercent > 0 && _fate.Happens(_plan.UnfitPercent)) return Line(type, new { kind, price = UnfitPrice });
        return price switch
        {
            // A word on consent or a channel now and then: what was decided before it stands, what is held meets it.
            0 => Line("consent_update", new { purpose = "marketing", status = kind == "a" ? "granted" : "denied" }),
            1 => Line("channel_update", new { channel = kind == "a" ? "email" : "in_app", reachable = click % 2 == 0 }),
            _ => Line(type, new { kind, price }),
        };

        string Line(string of, object props) => JsonSerializer.Serialize(new { id = $"e{click}", user, type = of, at, props });
    }

    /// <summary>Instances die and stand still, lanes move, the store forgets.</summary>
    private async Task DisturbAsync()
    {
        // Somebody has to have the lanes to begin with.
        for (var lane = 0; lane < Lanes; lane++) Give(lane, _fate.OneOf(_members));
        while (!Faults.AreOver)
        {
            await _world.Pause(Actor.Nobody, 5 + _fate.Below(30));
            _moments.Add(_store.Remember());
            if (Faults.Strikes(Fault.Crash)) Replace(_fate.OneOf(_members));
            if (Faults.Strikes(Fault.Zombie)) Freeze(_fate.OneOf(_members));
            if (Faults.Strikes(Fault.Rebalance)) Move(_fate.Below(Lanes));
            if (Faults.Strikes(Fault.StoreLostTail)) RollBack();
            if (Faults.Strikes(Fault.StoreWiped)) Wipe();
            Deal();
        }
        // Whoever is left takes what nobody has; transactions nobody will end are ended.
        while (true)
        {
            await _world.Pause(Actor.Nobody, 20);
            Deal();
        }
    }

    private void Give(int lane, Member to) => _broker.Owner[lane] = (to.Actor.Name, ++_broker.Generation);

    /// <summary>Lanes of nobody, or of one who is gone or stands still, go to one who is well.</summary>
    private void Deal()
    {
        bool IsWell(string name) => _members.Exists(member => member.Actor.Name == name && !member.Actor.IsStopped);
        var well = _members.Where(member => !member.Actor.IsStopped).ToList();
        if (well.Count == 0) return;
        for (var lane = 0; lane < Lanes; lane++)
            if (!IsWell(_broker.Owner[lane].Member)) Give(lane, _fate.OneOf(well));
        if (_fate.Happens(30) || Faults.AreOver) _broker.EndAbandoned(IsWell);
    }

    private void Replace(Member dead)
    {
        _world.Note($"{dead.Actor.Name} dies");
        dead.Actor.IsDead = true;
        _members.Remove(dead);
        // Half the time the group has noticed before the new one is there.
        for (var lane = 0; lane < Lanes; lane++)
            if (_broker.Owner[lane].Member == dead.Actor.Name) _broker.Owner[lane] = ("", ++_broker.Generation);
        Start(dead.Actor.Name);
    }

    private void Freeze(Member frozen)
    {
        if (frozen.Actor.IsStopped) return;
        _world.Note($"{frozen.Actor.Name} stands still");
        frozen.Actor.IsStopped = true;
        _ = ThawAsync();

        async Task ThawAsync()
        {
            await _world.Pause(Actor.Nobody, 20 + _fate.Below(200));
            frozen.Actor.IsStopped = false;
        }
    }

    private void Move(int lane)
    {
        var from = _members.Find(member => member.Actor.Name == _broker.Owner[lane].Member);
        from?.Input.Leaving.Add(lane);
    }

    private void RollBack()
    {
        var moments = 1 + _fate.Below(Math.Min(_moments.Count, 6));
        _world.Note($"the store loses {moments} moments");
        _store.RollBack(_moments[^moments]);
    }

    private void Wipe()
    {
        _world.Note("the store loses everything");
        _store.Wipe();
    }

    private bool IsQuiet() => _doneAt is { } done && _world.Now > done + QuietMilliseconds && IsDone();

    private bool IsDone() => Enumerable.Range(0, Lanes).All(lane => _members.Any(member => member.Engine.Lanes.Any(worker =>
            worker.Lane == lane && _broker.Owner[lane].Member == member.Actor.Name && IsDone(worker))));

    private bool IsDone(LaneWorker worker) => worker.State == Observe.LaneState.Running && worker.Outbox.Count == 0
        && _broker.Inputs.Index().All(input => worker.Applied![input.Index] == input.Item[worker.Lane].Count)
        && _broker.StableEnd(worker.Lane) == _broker.Exchange[worker.Lane].Count
        && _broker.VisibleExchange(worker.Lane).All(told => told.Offset < worker.Applied![_plan.Topics]);

    private string? Compare()
    {
        var audit = new Audit(_rulebook, _topics, _broker, _store, log => log with { Version = _plan.Text.Version, LaneOf = LaneOf });
        var problem = audit.Problem(_plan.IsAtLeastOnce);
        var breaches = _afterOptOut.Where(one => one.Transaction.State == TransactionState.Committed).Select(one => one.Prompt).ToList();
        Withdrawn = audit.Withdrawn;
        if (_answers is not null && _plan.Publications.Count == 0)
            foreach (var (log, made) in audit.Lanes) Happened.Count(log, made);
        if (breaches.Count > 0) return $"{problem}; after an opt-out: {Audit.Shown(breaches)}";
        return problem ?? _claims?.Problem(_rulebook, _broker.Visible);
    }

    /// <summary>A publication begins: none of its prompts may be one that the stored state of its user forbids.</summary>
    private void NoteOptOuts(Transaction transaction, LanePublication lane)
    {
        // A store that has lost steps of it knows less than who publishes.
        if (LaneHead.Decode(_store.HeadOf(lane.Lane).Span) is not { } head || !head.Applied.Reaches(lane.Applied)) return;
        foreach (var record in lane.Records) NoteOptOut(transaction, lane.Lane, record);
    }

    private void NoteOptOut(Transaction transaction, int lane, OutgoingRecord record)
    {
        string? Header(string name) => record.Headers.FirstOrDefault(header => header.Key == name).Value;
        // A prompt may be taken back from whoever it went to.
        if (Header(OutboxWriter.PurposeHeader) is not { } purpose || Header(OutboxWriter.KindHeader) == OutboxWriter.CancelKind) return;
        var decidedAt = new EventTime(long.Parse(Header(OutboxWriter.DecidedAtHeader)!, CultureInfo.InvariantCulture));
        var user = new Utf8Text(Encoding.UTF8.GetString(record.Key.Span));
        var stored = _store.LoadAsync(lane, [user], null, 0, default).GetAwaiter().GetResult().Records[0];
        if (stored.IsEmpty) return;
        var memory = new Lane();
        var state = memory.Users.Open(user, Hash64.Of(user.Span));
        if (!new UserStateCodec(_rulebook.Layout, memory).TryRead(LaneEngine.BodyOf(stored.Span), state)) return;
        if (new OptOuts([state]).Forbid(user.ToString(), purpose, decidedAt)) _afterOptOut.Add((transaction, Undisturbed.KeyOf(record, _topics)));
    }

    private sealed record Member(Actor Actor, SimulatedInput Input, EngineInstance Engine, Task Work);
}

/// <summary>What a history is made of.</summary>
internal sealed record HistoryPlan
{
    public int Clicks { get; init; } = 60;

    public IReadOnlyDictionary<Fault, int> Faults { get; init; } = new Dictionary<Fault, int>();

    public StepSettings Settings { get; init; } = new()
    {
        BatchRecords = 4,
        DueUsers = 2,
        WaitingRecords = 8,
        CachedBytes = 400,
        Tick = TimeSpan.FromMilliseconds(40),
        Publish = TimeSpan.FromMilliseconds(10),
        PublishIdle = TimeSpan.FromMilliseconds(60),
        Heartbeat = TimeSpan.FromMilliseconds(50),
        Retry = TimeSpan.FromMilliseconds(10),
    };

    public int Lanes { get; init; } = 2;

    /// <summary>What comes in comes by lot in one of so many.</summary>
    public int Topics { get; init; } = 1;

    /// <summary>Users turn out to be others, of other lanes too; null: nobody does.</summary>
    public ClaimKind? Moves { get; init; }

    /// <summary>What one user may send, by the settings of whoever starts, by lot; none: nobody bounds anything.</summary>
    public IReadOnlyList<UserRate?> UserRates { get; init; } = [];

    /// <summary>Outcomes of prompts come back, and answers of whoever is asked first.</summary>
    public bool IsAnswered { get; init; }

    /// <summary>Views that the rulebook throws on.</summary>
    public int UnfitPercent { get; init; }

    /// <summary>Publications are no transactions: what is sent is visible at once.</summary>
    public bool IsAtLeastOnce { get; init; }

    public List<string>? Chronicle { get; init; }

    /// <summary>The rulebook that lanes begin with.</summary>
    public RulebookText Text { get; init; } = RulebookText.Named("1");

    /// <summary>Rulebooks that come into force now and then; none: it never changes.</summary>
    public IReadOnlyList<RulebookText> Publications { get; init; } = [];

    /// <summary>A guard that is not there; null: all are.</summary>
    public Guard? Without { get; init; }

    /// <summary>Where tokens come from; null: each is a new one.</summary>
    public Func<string>? NewToken { get; init; }
}
