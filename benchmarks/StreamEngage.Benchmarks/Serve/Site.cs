using Confluent.Kafka;
using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Kafka;
using StreamEngage.Redis;
using StreamEngage.Steps;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>What a site is like.</summary>
/// <param name="Rulebook">Files by name, without the policy.</param>
/// <param name="Engine">How the engine is set; the rulebook's folder is added.</param>
internal sealed record SitePlan(IReadOnlyDictionary<string, string> Rulebook, EngineSettings Engine)
{
    /// <summary>Lines of the policy besides the channels.</summary>
    public string Policy { get; init; } = "";

    /// <summary>An input that is there already; null: one of its own.</summary>
    public string? Input { get; init; }

    /// <summary>No breaker: prompts of a benchmark come faster than anyone would want them.</summary>
    public static EngineSettings Default { get; } = new() { PromptsPerMinuteMax = 0 };
}

/// <summary>One deployment of the engine: its topics on the mock cluster, its part of Redis, its rulebook.</summary>
internal sealed class Site
{
    private readonly Ground _ground;
    private readonly string _name;
    private readonly EngineSettings _engine;
    private readonly LaneKeys[] _lanes;

    public Site(Ground ground, string name, SitePlan plan)
    {
        (_ground, _name) = (ground, name);
        Input = plan.Input ?? $"{name}.input";
        if (plan.Input is null) Create(Input);
        foreach (var topic in (string[])[Exchange, Journal, Quarantine, Prompts]) Create(topic);
        var rules = Directory.CreateDirectory(Path.Combine(ground.Folder, name)).FullName;
        var files = new Dictionary<string, string>(plan.Rulebook) { ["policy.yaml"] = $"{plan.Policy}\nchannels: {{push: {{topic: {Prompts}}}}}\n" };
        foreach (var (file, text) in files) File.WriteAllText(Path.Combine(rules, file), text);
        _engine = plan.Engine with { Rules = rules };
        _lanes = [.. Enumerable.Range(0, Ground.Lanes).Select(lane => LaneKeys.Of(name, lane, Ground.Lanes))];
        Rulebook = new(Rules.Compile(files), RulebookVersion.Of(files));
    }

    public ServedRulebook Rulebook { get; }

    public Ground Ground => _ground;

    public string Brokers => _ground.Brokers;

    public string Input { get; }

    public string Prompts => $"{_name}.prompts";

    /// <summary>How the engine has it when it runs in this process.</summary>
    public ServeSettings Settings => new()
    {
        Kafka = new()
        {
            Brokers = Brokers,
            GroupId = _name,
            InstanceId = $"{_name}-1",
            Topics = [Input],
            ExchangeTopic = Exchange,
            JournalTopic = Journal,
            QuarantineTopic = Quarantine,
            Delivery = _ground.Delivery,
            // The mock never wakes a fetch that waits.
            Client = new Dictionary<string, string> { ["fetch.wait.max.ms"] = "5" },
        },
        Redis = new() { Addresses = [_ground.Address], Prefix = _name },
        Engine = _engine,
    };

    private string Exchange => $"{_name}.exchange";

    private string Journal => $"{_name}.journal";

    private string Quarantine => $"{_name}.quarantine";

    public static int LaneOf(ReadOnlySpan<byte> user) => (int)(Events.Hash64.Of(user) % Ground.Lanes);

    /// <summary>The same for an instance in a process of its own.</summary>
    public string Yaml(string instance, int port) => $"""
        kafka:
          brokers: {Brokers}
          group_id: {_name}
          instance_id: {instance}
          topics: [{Input}]
          exchange_topic: {Exchange}
          journal_topic: {Journal}
          quarantine_topic: {Quarantine}
          delivery: {(_ground.Delivery == Delivery.ExactlyOnce ? "exactly_once" : "at_least_once")}
          client: {"{"}fetch.wait.max.ms: 5{"}"}
        redis:
          addresses: ["{_ground.Address}"]
          prefix: {_name}
        engine:
          rules: {_engine.Rules}
          prompts_per_minute_max: 0
        observe:
          port: {port}

        """;

    /// <summary>As <c>serve</c> runs it, in this process.</summary>
    public RunningSite Start() => new(this);

    /// <summary>Next offset to apply, of each lane, as Redis has it at this moment.</summary>
    public async Task<long[]> AppliedAsync()
    {
        var database = _ground.Redis.GetDatabase();
        var heads = await Task.WhenAll(_lanes.Select(lane => database.HashGetAsync(lane.Meta, "head")));
        return [.. heads.Select(head => head.IsNull ? 0 : LaneHead.Decode((byte[])head!)!.Applied[0])];
    }

    /// <summary>Who owns each lane.</summary>
    public async Task<string[]> TokensAsync()
    {
        var database = _ground.Redis.GetDatabase();
        return [.. (await Task.WhenAll(_lanes.Select(lane => database.HashGetAsync(lane.Meta, "token")))).Select(token => $"{token}")];
    }

    /// <summary>Records in a topic of this site, of each lane.</summary>
    public long[] Ends(string topic)
    {
        using var consumer = Consumer();
        return [.. Enumerable.Range(0, Ground.Lanes).Select(lane => Bounds(consumer, topic, lane).High.Value)];
    }

    /// <summary>The mock has dropped nothing of it.</summary>
    public bool IsWhole(string topic)
    {
        using var consumer = Consumer();
        return Enumerable.Range(0, Ground.Lanes).All(lane => Bounds(consumer, topic, lane).Low.Value == 0);
    }

    /// <summary>Reads every lane of a topic, from its beginning or its end.</summary>
    public IConsumer<Ignore, byte[]> Reader(string topic, bool fromEnd = false)
    {
        var consumer = Consumer();
        consumer.Assign(Enumerable.Range(0, Ground.Lanes).Select(lane => new TopicPartitionOffset(topic, lane, fromEnd ? Offset.End : Offset.Beginning)));
        return consumer;
    }

    public void Create(string topic) => _ground.Create(topic);

    private static WatermarkOffsets Bounds(IConsumer<Ignore, byte[]> consumer, string topic, int lane) =>
        consumer.QueryWatermarkOffsets(new(topic, lane), TimeSpan.FromSeconds(10));

    // As the engine's own, so that the limit does not wait where the engine does not.
    private IConsumer<Ignore, byte[]> Consumer() => new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
    {
        BootstrapServers = Brokers,
        GroupId = "bench",
        EnableAutoCommit = false,
        FetchWaitMaxMs = 5,
        QueuedMinMessages = KafkaLimits.AheadRecords,
        QueuedMaxMessagesKbytes = KafkaLimits.AheadKibibytes,
        ConsumeResultFields = "timestamp,topic",
    }).SetLogHandler((_, _) => { }).Build();
}

/// <summary>An engine at work; disposing stops it as SIGTERM would.</summary>
internal sealed class RunningSite : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly EngineParts _parts;
    private readonly Task _work;

    public RunningSite(Site site)
    {
        _parts = new(site.Settings, site.Rulebook, TimeProvider.System) { Notice = Hear, KafkaSaid = _ => { } };
        _work = Composition.Engine(_parts, Ground.Lanes)(_stop.Token);
    }

    /// <summary>What went wrong; null: nothing.</summary>
    public string? Trouble { get; private set; }

    public void MustBeWell()
    {
        if (_work.IsFaulted) throw _work.Exception;
        if (Trouble is not null) throw new InvalidOperationException(Trouble);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _parts.Dispose();
        _stop.Dispose();
    }

    private void Hear(Steps.Observe.Notice notice)
    {
        if (notice.Kind == Steps.Observe.NoticeKind.LaneParked) Trouble ??= $"lane {notice.Lane}: {notice.Detail}";
    }
}
