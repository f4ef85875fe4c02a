using System.Text;
using System.Text.Json;
using StreamEngage.Detect;
using StreamEngage.Events;
using StreamEngage.Rulebooks;
using StreamEngage.Rules;
using StreamEngage.Steps.Observe;
using StreamEngage.Steps.Reigns;
using StreamEngage.Steps.Simulation;
using StreamEngage.Testing;

namespace StreamEngage.Steps.FailureMatrix;

/// <summary>
/// The real instance over simulated edges in which one thing goes wrong when the test says so. Time passes by hand: <see cref="Run"/>.
/// </summary>
internal sealed class Scene : IDisposable
{
    public const string Cart = """
        trigger: cart
        on: {absence: {of: purchase, after: cart_add, for: 5m}}
        decide: {channels: [push]}
        """;

    public const string Views = """
        trigger: views
        on: {event: view}
        decide: {channels: [email], reentry: always}
        """;

    public static readonly LaneTopics Topics = new(["clicks"], "exchange", new Dictionary<string, string>(), "quarantine", null);

    private readonly int _perMinuteMax;
    private readonly EngineMeters _meters;
    private int _clicks;
    private int _tokens;

    public Scene(IReadOnlyList<string> rules, int lanes = 1, StepSettings? settings = null, int perMinuteMax = 0,
        Func<ModelDefinition, Scorer>? scorerOf = null)
    {
        (Settings, _perMinuteMax) = (settings ?? new(), perMinuteMax);
        Text = new("1", FilesOf(rules));
        Rulebook = scorerOf is null ? Compile(rules) : RulebookCompiler.Compile(Read(FilesOf(rules)), scorerOf);
        World = new(new(1));
        Faults = new(World.Fate);
        Broker = new(lanes);
        Control = new(_perMinuteMax);
        Pulse = new(World);
        _meters = new(Board, Control, Rulebook.Triggers.Select(trigger => trigger.Name), ["push", "email"]);
        Start();
    }

    public World World { get; }

    public Simulation.Faults Faults { get; }

    public SimulatedBroker Broker { get; }

    public InMemoryLaneStore Memory { get; } = new();

    public CompiledRulebook Rulebook { get; }

    /// <summary>What the settings name: another one may be there at the next start.</summary>
    public RulebookText Text { get; set; }

    /// <summary>Other ones may be there at the next start.</summary>
    public StepSettings Settings { get; set; }

    public EngineControl Control { get; }

    public LaneBoard Board { get; } = new();

    public LoopPulse Pulse { get; }

    public EngineMeters Meters => _meters;

    public List<Notice> Notices { get; } = [];

    public EngineInstance Engine { get; private set; } = null!;

    public SceneStore Store { get; private set; } = null!;

    public SceneLog Log { get; private set; } = null!;

    public SimulatedInput Input { get; private set; } = null!;

    public Task Work { get; private set; } = Task.CompletedTask;

    private CancellationTokenSource _stop = new();

    public long Now => World.Now;

    /// <summary>Prompts that are visible, in the order they were published.</summary>
    public List<JsonElement> Prompts =>
        [.. Broker.Visible.Where(record => record.Topic != Topics.Quarantine).Select(record => JsonDocument.Parse(record.Value).RootElement)];

    public List<OutgoingRecord> Quarantine => [.. Broker.Visible.Where(record => record.Topic == Topics.Quarantine)];

    public LaneWorker Lane(int lane = 0) => Engine.Lanes.Single(worker => worker.Lane == lane);

    public LaneStatus Status(int lane = 0) => Lane(lane).Status();

    public int PromptsOf(string trigger) => Enumerable.Range(0, Broker.Lanes).Sum(lane => PromptsOf(trigger, lane));

    public int PromptsOf(string trigger, int lane) => Broker.Published.Count(entry =>
        entry.Lane == lane && entry.Transaction.State == TransactionState.Committed && entry.Record.Headers.Any(header => header.Value == trigger));

    public static CompiledRulebook Compile(IReadOnlyList<string> rules, string policy = "dedup: 1h\nlateness: 10m\n") =>
        RulebookCompiler.Compile(Read(FilesOf(rules, policy)));

    public static Dictionary<string, string> FilesOf(IReadOnlyList<string> rules, string policy = "dedup: 1h\nlateness: 10m\n")
    {
        var files = rules.ToDictionary(rule =>
            rule.Split('\n')[0].Replace("trigger: ", "", StringComparison.Ordinal).Replace("model: ", "models/", StringComparison.Ordinal) + ".yaml");
        files["policy.yaml"] = policy;
        return files;
    }

    private static RulebookDefinition Read(Dictionary<string, string> files)
    {
        var reading = RulebookFiles.Read(files);
        return reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems));
    }

    /// <summary>As the admin port does, for some of the lanes.</summary>
    public void Publish(string version, IReadOnlyList<string> rules, params int[] lanes)
    {
        var body = new RulebookText(version, FilesOf(rules)).Encode()!;
        foreach (var lane in lanes.Length == 0 ? [.. Enumerable.Range(0, Broker.Lanes)] : lanes) Broker.Tell(lane, MessageKind.Rulebook, body, Now);
    }

    /// <summary>Who has a number lives in the lane of that number; everybody else in the first.</summary>
    public int LaneOf(Utf8Text user) => char.IsAsciiDigit((char)user.Span[^1]) ? (user.Span[^1] - '0') % Broker.Lanes : 0;

    /// <summary>A new instance, which gets all lanes.</summary>
    public void Start()
    {
        var actor = new Actor($"engine-{++_tokens}");
        _stop = new();
        Input = new(World, actor, Broker);
        Store = new(World, actor, new SimulatedStore(World, actor, Faults, Memory));
        Log = new(World, actor, new SimulatedPromptLog(World, actor, Faults, Input));
        Engine = new(new()
        {
            Store = Store,
            Log = Log,
            Input = Input,
            Topics = Topics,
            Lanes = Broker.Lanes,
            LaneOf = LaneOf,
            Settings = Settings,
            Rulebook = Rulebook,
            Text = Text,
            Shelf = Undisturbed.Shelf,
            NewDecoder = schema => new JsonRecords(schema),
            Time = World,
            Watch = new(Board, _meters, Control, Topics, World) { Pulse = Pulse, Notice = Notices.Add },
            NewToken = () => $"token-{++_tokens}",
        });
        Work = Engine.RunAsync(_stop.Token);
        for (var lane = 0; lane < Broker.Lanes; lane++) Broker.Owner[lane] = (actor.Name, ++Broker.Generation);
        Run(500);
    }

    /// <summary>As SIGTERM does. Returns when the instance has left.</summary>
    public void Stop()
    {
        _stop.Cancel();
        for (var turns = 0; !Work.IsCompleted && turns < 100_000; turns++) World.Turn();
        Work.GetAwaiter().GetResult();
    }

    /// <summary>So many milliseconds pass.</summary>
    public void Run(long milliseconds)
    {
        var until = World.Now + milliseconds;
        _ = World.Pause(Actor.Nobody, (int)milliseconds);
        while (World.Now < until && World.Turn())
            if (Work.IsFaulted) Work.GetAwaiter().GetResult();
    }

    /// <summary>Until something is so. Fails after so many milliseconds.</summary>
    /// <returns>How long it took.</returns>
    public long Until(Func<bool> isSo, long milliseconds)
    {
        var began = World.Now;
        while (!isSo())
        {
            var isInTime = World.Now - began <= milliseconds;
            Assert.True(isInTime, $"not within {milliseconds} ms; lanes: {string.Join("; ", Engine.Lanes.Select(lane => lane.Status()))}");
            Run(10);
        }
        return World.Now - began;
    }

    public void Click(string type, string user = "u1", int lane = 0, object? props = null, long? at = null) => Raw(
        JsonSerializer.SerializeToUtf8Bytes(new { id = $"e{_clicks++}", user, type, at = at ?? World.Now, props = props ?? new { } }), lane);

    public void Raw(string text) => Raw(Encoding.UTF8.GetBytes(text));

    public void Raw(byte[] record, int lane = 0, long? timestamp = null) =>
        Broker.Input[lane].Add(new(lane, 0, Broker.Input[lane].Count, timestamp ?? World.Now, record));

    /// <summary>Something writes to a lane's partition of the exchange.</summary>
    public void Told(byte[] record, int lane = 0)
    {
        var written = Broker.Begin("somebody", 0);
        Broker.Publish(written, lane, new(Topics.Exchange, default, record, []) { Partition = lane }, Now);
        Broker.End(written, commits: true);
    }

    /// <summary>What is visible is what one engine makes that nothing ever happened to.</summary>
    public void MustBeOnce()
    {
        var visible = Broker.Visible.Concat(Broker.VisibleMessages(Topics.Exchange))
            .Select(record => Undisturbed.KeyOf(record, Topics)).Order(StringComparer.Ordinal).ToList();
        var logs = Enumerable.Range(0, Broker.Lanes).Select(lane => Broker.LogOf(lane) with { LaneOf = LaneOf }).ToList();
        var made = logs.ConvertAll(log => Undisturbed.Of(Rulebook, Topics, log));
        Assert.Equal(logs.Select(log => log.Records), made.Select(lane => lane.Applied));
        var expected = made.SelectMany(lane => lane.Keys).Order(StringComparer.Ordinal).ToList();
        Assert.Equal(expected, visible);
    }

    public void Dispose()
    {
        _stop.Dispose();
        _meters.Dispose();
    }
}
