using System.Text;
using StreamEngage.Events;
using StreamEngage.Host.Approving;
using StreamEngage.Host.Explaining;
using StreamEngage.Host.Replaying;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Kafka;
using StreamEngage.Redis;
using StreamEngage.Steps;
using StreamEngage.Steps.Reigns;

namespace StreamEngage.Host.Serving;

/// <summary>An engine put together: runs until it is stopped, finishing what is under way.</summary>
internal delegate Task RunningEngine(CancellationToken stop);

/// <summary>What was found out about the servers before anything runs.</summary>
/// <param name="Lanes">Partitions of the input; 0 where that could not be found out.</param>
/// <param name="Problems">Why the engine must not start, a line each.</param>
/// <param name="Warnings">What it starts with nevertheless.</param>
internal sealed record ServersCheck(int Lanes, IReadOnlyList<string> Problems, IReadOnlyList<string> Warnings);

/// <summary>Where Kafka, Redis and the lanes are put together. Beside it only <see cref="ReplaySource"/> knows the servers.</summary>
internal static class Composition
{
    private const string WarningPrefix = "warning: ";

    // A user's record, between those of two rules (160 B) and of the shop's twenty-four triggers (1,350 B): what a bound in users is in bytes.
    private const long TypicalRecordBytes = 600;
    private const long CachedBytesMin = 1 << 20;

    /// <summary>Asks both servers whether they are as the engine needs them. Ends within ten seconds whatever does not answer.</summary>
    public static async Task<ServersCheck> CheckAsync(ServeSettings settings, ServedRulebook rulebook, TimeProvider time, CancellationToken stop)
    {
        if (Librdkafka.Problem is { } missing) return new(0, [missing], []);
        var topics = new TopicCheck(new(settings.Kafka, time, Said: _ => { }), rulebook.PromptTopics);
        var redis = RedisSelfTest.RunAsync(settings.Redis, time, stop);
        var kafka = await topics.ProblemsAsync(stop);
        var findings = await redis;
        List<string> problems =
        [
            .. kafka.Where(problem => !problem.StartsWith(WarningPrefix, StringComparison.Ordinal)),
            .. findings.Where(finding => finding.Weight == FindingWeight.Refusal).Select(finding => finding.Text),
        ];
        // It ends what a former run left open, so only where this one goes on.
        if (problems.Count == 0) problems.AddRange(await new RightsCheck(new(settings.Kafka, time, Said: _ => { })).ProblemsAsync(stop));
        return new(
            topics.Lanes,
            problems,
            [
                .. kafka.Where(problem => problem.StartsWith(WarningPrefix, StringComparison.Ordinal)).Select(problem => problem[WarningPrefix.Length..]),
                .. findings.Where(finding => finding.Weight != FindingWeight.Refusal).Select(finding => finding.Text),
            ]);
    }

    /// <summary>The engine on servers that were checked.</summary>
    public static RunningEngine Engine(EngineParts parts, int lanes) => stop => RunAsync(parts, lanes, stop);

    /// <summary>Prints how to make the topics that settings and rulebook need, or makes those that are missing.</summary>
    /// <returns>False when one could not be made.</returns>
    public static async Task<bool> TopicsAsync(TopicPlan plan, ServeSettings settings, bool create, TextWriter output)
    {
        var lines = create ? await plan.CreateAsync(new(settings.Kafka, TimeProvider.System, Said: _ => { })) : plan.Lines(settings.Kafka.Brokers);
        foreach (var line in lines) output.WriteLine(line);
        return !create || lines.All(line => line.EndsWith(": created", StringComparison.Ordinal) || line.EndsWith("left as it is", StringComparison.Ordinal));
    }

    /// <summary>Lanes made again from the servers that were checked; nothing is written.</summary>
    public static async Task<Replayed> ReplayAsync(ServeSettings settings, ServedRulebook rulebook, ReplayOrder order, CancellationToken stop)
    {
        var cluster = new KafkaCluster(settings.Kafka, TimeProvider.System, Said: _ => { });
        await using var redis = new RedisConnection(settings.Redis, TimeProvider.System);
        using var schemas = SchemaCatalog.Open(cluster);
        await using var source = new ReplaySource(cluster, new(redis, settings.Redis, order.Lanes), rulebook.PromptTopics, order.Lanes);
        var rules = new ReplayRules(rulebook.Compiled, rulebook.Text, new(ServedRulebook.Read), schema => new WireRecords(schema, schemas));
        return await new Replay(source, rules, rulebook.TopicsOf(settings.Kafka), new(settings.Kafka.Partitioner, order.Lanes), order).RunAsync(stop);
    }

    /// <summary>What the topics tell of one user; nothing is written, and the store is not asked.</summary>
    /// <param name="settings">Where.</param>
    /// <param name="rulebook">What the lanes began with.</param>
    /// <param name="question">Of whom, and in which lane.</param>
    /// <param name="progress">Hears how many records of how many are read.</param>
    /// <param name="stop">Gives up.</param>
    /// <returns>The user, or in a line why Kafka could not be asked.</returns>
    public static async Task<(ServedUser? User, string? Problem)> ExplainAsync(
        ServeSettings settings, ServedRulebook rulebook, ExplainQuestion question, Action<long, long> progress, CancellationToken stop)
    {
        var cluster = new KafkaCluster(settings.Kafka, TimeProvider.System, Said: _ => { });
        var check = new TopicCheck(cluster, []);
        if (await check.LookAsync(stop) is { } problem) return (null, problem);
        var partitioner = new Partitioner(settings.Kafka.Partitioner, check.Lanes);
        var lane = question.Lane ?? partitioner.LaneOf(new Utf8Text(question.User));
        if (lane < 0 || lane >= check.Lanes) return (null, $"--lane must be 0 to {check.Lanes - 1}, was {lane}");
        using var schemas = SchemaCatalog.Open(cluster);
        await using var source = new LaneSource(cluster);
        using var decisions = settings.Kafka.DecisionTopic is { } topic ? DecisionsOf(question.User, cluster, topic, check.Partitions[topic]) : null;
        var rules = new ReplayRules(rulebook.Compiled, rulebook.Text, new(ServedRulebook.Read), schema => new WireRecords(schema, schemas));
        var reading = new ServedReading(source, rules, rulebook.TopicsOf(settings.Kafka), partitioner)
        {
            Decisions = decisions, Progress = progress, RecordsMax = question.RecordsMax,
        };
        return (await reading.ReadAsync(question.User, lane, stop), null);
    }

    /// <summary>The producer chooses the partition by the user, as Java's does, whatever the input's producers do.</summary>
    private static LaneRecords DecisionsOf(string user, KafkaCluster cluster, string topic, int partitions) =>
        new(cluster, topic, 0, new Partitioner(KeyHash.Murmur2, partitions).LaneOf(new Utf8Text(user)));

    private static async Task RunAsync(EngineParts parts, int lanes, CancellationToken stop)
    {
        var settings = parts.Settings;
        var cluster = new KafkaCluster(settings.Kafka, parts.Time, parts.KafkaSaid);
        await using var redis = new RedisConnection(settings.Redis, parts.Time);
        using var schemas = SchemaCatalog.Open(cluster);
        await using var input = new KafkaInputLog(cluster);
        await using var log = new KafkaPromptLog(cluster, Membership.Of(input))
        {
            Topics = () => TopicPlan.Written(settings.Kafka, parts.Rulebook.PromptTopics),
        };
        using var writer = new ExchangeWriter(cluster);
        var partitioner = new Partitioner(settings.Kafka.Partitioner, lanes);
        parts.Control.Post = new(lanes, user => partitioner.LaneOf(Encoding.UTF8.GetBytes(user)), writer.SendAsync) { WrongTopics = writer.WrongTopicsAsync };
        var topics = parts.Rulebook.TopicsOf(settings.Kafka);
        var (store, shelf) = (new RedisLaneStore(redis, settings.Redis, lanes), parts.Shelf);
        parts.Approvals = ApprovalsOf(parts.Rulebook, store, shelf, lanes);
        // Lanes began with what the folder has, whatever is in force when somebody asks.
        var began = parts.Rulebook;
        parts.Explain = (question, asking) => ExplainAsync(settings, began, question, (_, _) => { }, asking);
        var instance = new EngineInstance(new()
        {
            Store = store,
            Log = log,
            Input = input,
            Topics = topics,
            Lanes = lanes,
            LaneOf = partitioner.LaneOf,
            Settings = StepsOf(settings.Engine, lanes) with
            {
                Publish = settings.PublishInterval,
                PublishApart = TimeSpan.FromMilliseconds(settings.Kafka.Delivery == Delivery.ExactlyOnce ? KafkaLimits.TransactionsApartMilliseconds : 0),
            },
            Rulebook = parts.Rulebook.Compiled,
            Text = parts.Rulebook.Text,
            Shelf = shelf,
            Aside = Task.Run,
            NewDecoder = schema => new WireRecords(schema, schemas),
            Time = parts.Time,
            Watch = new(parts.Board, parts.Meters, parts.Control, topics, parts.Time)
            {
                Pulse = parts.Pulse,
                Notice = parts.Notice,
                Traces = parts.Traces,
                InForce = reign => parts.Rulebook = ServedRulebook.Of(reign.Rulebook, reign.Text),
            },
            NewToken = () => Guid.NewGuid().ToString("N"),
        });
        try
        {
            await instance.RunAsync(stop);
        }
        finally
        {
            parts.Control.Post = null;
            parts.Approvals = null;
            parts.Explain = null;
        }
    }

    private static ApprovalPages ApprovalsOf(ServedRulebook rulebook, RedisLaneStore store, RulebookShelf shelf, int lanes)
    {
        var reigns = new StoredReigns(LaneReigns.Of(rulebook.Compiled, rulebook.Text), shelf,
            async (lane, names, stop) => (await store.LoadAsync(lane, names, dueThrough: null, dueMax: 0, stop)).Records);
        return new(lanes, new(OfLaneAsync, (lane, page, stop) => store.DueAsync(lane, page.Through, page.After, page.Most, stop)));

        async Task<AwaitingUsers?> OfLaneAsync(int lane, CancellationToken stop) =>
            await store.HeadAsync(lane, stop) is { } head && await reigns.OfAsync(lane, head, stop) is { } known ? new(known, head) : null;
    }

    private static StepSettings StepsOf(EngineSettings settings, int lanes) => new()
    {
        BatchRecords = settings.BatchSize,
        DueUsers = settings.BatchSize,
        OutboxEntries = settings.Outbox.PauseAt,
        OutboxResume = settings.Outbox.ResumeAt,
        RefusedShareMax = settings.Quarantine.ShareMax,
        RefusedOfMin = settings.Quarantine.RecordsMin,
        // Where a recorded stream is played again the broker's time says how fast it is played.
        UserRate = settings is { Time: ClockSource.Live, UserRate: { EventsPerSecond: > 0 } rate } ? new(rate.EventsPerSecond, rate.Burst) : null,
        CachedBytes = Math.Max(CachedBytesMin, settings.CachedUsers * TypicalRecordBytes / lanes),
        Tick = settings.Tick,
        Ticks = settings.Time == ClockSource.Live,
    };
}
