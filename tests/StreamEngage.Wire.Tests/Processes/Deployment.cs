using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using StreamEngage.Brokers;
using StreamEngage.Detect;
using StreamEngage.Kafka;
using StreamEngage.Redis;
using StreamEngage.Rulebooks;
using StreamEngage.Steps;

namespace StreamEngage.Processes;

/// <summary>What one test deploys: topics, a Redis, a rulebook, and instances of the program by their names. All of it goes with the test.</summary>
internal sealed partial class Deployment : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamengage-served-").FullName;
    private readonly Dictionary<string, ServedProcess> _instances = new(StringComparer.Ordinal);
    private readonly RedisSettings _redis;
    private readonly DeploymentPlan _plan;

    private Deployment(TestCluster cluster, RedisServer? ownRedis, DeploymentPlan plan)
    {
        (Cluster, OwnRedis, _plan) = (cluster, ownRedis, plan);
        _redis = ownRedis is null ? new SharedRedis().Settings : plan.StoreBehind?.Invoke(ownRedis) ?? ownRedis.Settings;
        var rules = Directory.CreateDirectory(Rules).FullName;
        foreach (var (name, text) in plan.Rulebook)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(rules, name))!);
            // One topic for all channels, of this test's own.
            File.WriteAllText(Path.Combine(rules, name), name == "policy.yaml" ? ChannelTopic().Replace(text, $"topic: {cluster.Prompts}") : text);
        }
        var reading = RulebookFiles.Read(plan.Rulebook.Keys.ToDictionary(name => name, name => File.ReadAllText(Path.Combine(rules, name))));
        Rulebook = RulebookCompiler.Compile(reading.Definition ?? throw new InvalidOperationException(string.Join('\n', reading.Problems)));
    }

    public TestCluster Cluster { get; }

    /// <summary>Null: the one that STREAMENGAGE_REDIS names.</summary>
    public RedisServer? OwnRedis { get; }

    public string Rules => Path.Combine(_folder, "rules");

    public CompiledRulebook Rulebook { get; }

    public int Lanes => _plan.Lanes;

    public Delivery Delivery => _plan.Delivery;

    public LaneTopics Topics => new(
        Cluster.Settings.Topics, Cluster.Settings.ExchangeTopic, Rulebook.Definition.Policy.Channels, Cluster.Settings.QuarantineTopic, null);

    public IReadOnlyDictionary<string, ServedProcess> Instances => _instances;

    /// <summary>A file of this deployment's own folder.</summary>
    public string this[string file] => Path.Combine(_folder, file);

    public static async Task<Deployment> OfAsync(DeploymentPlan plan)
    {
        var cluster = await TestCluster.OfKindAsync(plan.Kind, plan.Lanes, plan.InputTopics + 1, plan.Broker);
        var redis = plan.Kind == ClusterKind.Named && RedisFactAttribute.Named is not null && !plan.BreaksRedis ? null : RedisServer.Start(plan.RedisOptions);
        return new(cluster, redis, plan);
    }

    /// <summary>Starts an instance; one of that name that is gone is started again.</summary>
    public ServedProcess Start(string name)
    {
        Remove(name);
        var port = RedisServer.FreePort();
        var file = this[$"{name}.yaml"];
        File.WriteAllText(file, Settings(name, port, _plan.OperatorToken is null ? "" : AdminSection(name)));
        return _instances[name] = ServedProcess.Start(new($"http://127.0.0.1:{port}"), "serve", "--config", file);
    }

    public void Remove(string name)
    {
        if (_instances.Remove(name, out var gone)) gone.Dispose();
    }

    /// <summary>
    /// Starts again who refused to start because a server did not answer in time: on a machine with too much to do that is no finding, and whatever runs
    /// processes would do the same.
    /// </summary>
    public void StartRefused()
    {
        foreach (var (name, instance) in _instances.ToList())
            if (!instance.IsRunning && instance.Log.Contains("no master can be used", StringComparison.Ordinal)) Start(name);
    }

    /// <summary>Waits until every record of the input is applied and nothing waits to be published.</summary>
    public async Task SettleAsync(IReadOnlyList<long> ends, int seconds = 120)
    {
        var shown = "";
        for (var until = DateTime.UtcNow.AddSeconds(seconds); DateTime.UtcNow < until; await Task.Delay(100))
        {
            var looks = await Task.WhenAll(_instances.Values.Where(instance => instance.IsRunning).Select(instance => instance.LookAsync()));
            var lanes = looks.SelectMany(look => look ?? []).ToList();
            shown = string.Join('\n', lanes);
            if (Enumerable.Range(0, Lanes).All(lane => lanes.Exists(one => IsSettled(one, lane, ends[lane])))) return;
        }
        throw new TimeoutException($"The lanes do not come to rest; the input ends at {string.Join(", ", ends)}:\n{shown}\n{Logs}");
    }

    /// <summary>How long something that must come may take on a machine with too much to do. Only a test that fails waits so long.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Waits until every lane runs on instances, one excepted.</summary>
    public async Task<TimeSpan> AllAtWorkAsync(string except = "")
    {
        for (var waited = Stopwatch.StartNew(); waited.Elapsed < Patience; await Task.Delay(50))
        {
            var looks = await Task.WhenAll(_instances.Where(other => other.Key != except).Select(other => other.Value.LookAsync()));
            if (looks.SelectMany(look => look ?? []).Count(lane => lane.State == "running") == Lanes) return waited.Elapsed;
        }
        throw new TimeoutException($"Not every lane is at work.\n{Logs}");
    }

    /// <summary>All instances finish what they are at and end.</summary>
    public async Task<IReadOnlyList<(int? Exit, TimeSpan Took)>> TerminateAsync() =>
        await Task.WhenAll(_instances.Values.Where(instance => instance.IsRunning).Select(instance => instance.TerminateAsync()));

    public string Logs => string.Join('\n', _instances.Select(instance => $"== {instance.Key}\n{instance.Value.Log}"));

    public string Settings(string name, int port, string more = "")
    {
        var kafka = Cluster.Settings;
        var text = new StringBuilder(
            $"""
            kafka:
              brokers: {kafka.Brokers}
              group_id: {kafka.GroupId}
              instance_id: {name}
              topics: [{string.Join(", ", kafka.Topics)}]
              exchange_topic: {kafka.ExchangeTopic}
              journal_topic: {kafka.JournalTopic}
              quarantine_topic: {kafka.QuarantineTopic}
              {(_plan.WantsDecisions ? $"decision_topic: {kafka.DecisionTopic}" : "# no decisions")}
              transactional_id_prefix: {kafka.TransactionalIdPrefix}
              delivery: {(Delivery == Delivery.ExactlyOnce ? "exactly_once" : "at_least_once")}
              client:
                fetch.wait.max.ms: 5
                session.timeout.ms: {SessionMilliseconds}
                heartbeat.interval.ms: {SessionMilliseconds / 6}
                max.poll.interval.ms: 8000
            redis:
              addresses: ["{_redis.Addresses[0]}"]
              {(_redis.SentinelMaster is { } watched ? $"sentinel_master: {watched}" : "# no sentinels")}
              prefix: {_redis.Prefix}
              {(_redis.Password is null ? "# no password" : $"password_file: {PasswordFile(_redis.Password)}")}
            engine:
              rules: rules
              tick: 50ms
              publish_interval: 50ms
              time: {_plan.Time}
              user_rate: {_plan.UserRate}
            observe:
              port: {port.ToString(CultureInfo.InvariantCulture)}
              log_level: debug

            """);
        return text.Append(more).ToString();
    }

    /// <summary>Where the admin port of the instance that was started last is.</summary>
    public Uri? Admin { get; private set; }

    private string AdminSection(string name)
    {
        var (token, port) = (this[$"{name}.token"], RedisServer.FreePort());
        File.WriteAllText(token, _plan.OperatorToken);
        Admin = new($"http://127.0.0.1:{port}");
        return $"admin:\n  port: {port.ToString(CultureInfo.InvariantCulture)}\n  operator_token_file: {token}\n";
    }

    private string PasswordFile(string password)
    {
        File.WriteAllText(this["redis.password"], password);
        return this["redis.password"];
    }

    public int SessionMilliseconds => Cluster.Kind == ClusterKind.Named ? DeploymentPlan.BrokersSession : _plan.SessionMilliseconds;

    public void Dispose()
    {
        foreach (var name in _instances.Keys.ToList()) Remove(name);
        OwnRedis?.Dispose();
        Cluster.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [GeneratedRegex("topic: [a-z_.]+")]
    private static partial Regex ChannelTopic();

    private static bool IsSettled(ServedLane one, int lane, long end) =>
        one.Lane == lane && one is { State: "running", Outbox: 0 } && one.Applied.Split(',')[0] == end.ToString(CultureInfo.InvariantCulture);
}

/// <summary>What is deployed.</summary>
internal sealed record DeploymentPlan
{
    public int Lanes { get; init; } = 4;

    /// <summary>Topics that people's events come in, the exchange not among them.</summary>
    public int InputTopics { get; init; } = 1;

    /// <summary>On which cluster: what isolates transactions, unless a test wants what does not.</summary>
    public ClusterKind Kind { get; init; } = NamedBroker.Address is null ? ClusterKind.TestBroker : ClusterKind.Named;

    /// <summary>Of the test broker.</summary>
    public TestBrokerPlan Broker { get; init; } = new();

    /// <summary>Exactly once, where the broker can.</summary>
    public Delivery Delivery { get; init; } = NamedBroker.Address is null ? Delivery.ExactlyOnce : NamedBroker.Delivery;

    /// <summary>Stops, fills or reconfigures the Redis, so that it must be the test's own.</summary>
    public bool BreaksRedis { get; init; }

    /// <summary>
    /// How long the group believes a silent member, on brokers of the test's own. Short, a dead one's lanes go on soon; but who is slow to
    /// join again then hangs the mock's group.
    /// </summary>
    public int SessionMilliseconds { get; init; } = BrokersSession;

    /// <summary>What real brokers allow by default.</summary>
    public const int BrokersSession = 6_000;

    /// <summary>What moves the clock.</summary>
    public string Time { get; init; } = "live";

    /// <summary>Of the settings, as it stands there.</summary>
    public string UserRate { get; init; } = "{events_per_second: 100, burst: 5000}";

    /// <summary>So little that users of the traffic overflow now and then.</summary>
    public const string TightUserRate = "{events_per_second: 2, burst: 10}";

    public string[] RedisOptions { get; init; } = [];

    /// <summary>How the redis-server of this deployment is reached, where others stand before it; null: directly.</summary>
    public Func<RedisServer, RedisSettings>? StoreBehind { get; init; }

    public IReadOnlyDictionary<string, string> Rulebook { get; init; } = QuickRules.Files;

    /// <summary>Decisions go to their topic.</summary>
    public bool WantsDecisions { get; init; }

    /// <summary>Opens the admin port; null: it stays closed.</summary>
    public string? OperatorToken { get; init; }
}

/// <summary>Rules whose timers end within a test.</summary>
internal static class QuickRules
{
    public static Dictionary<string, string> Files { get; } = new(StringComparer.Ordinal)
    {
        ["policy.yaml"] = """
            dedup: 5m
            lateness: 1s
            disorder: 60ms
            session: {gap: 700ms}
            channels: {push: {topic: here}, email: {topic: here}, in_app: {topic: here}}
            """,
        ["cart.yaml"] = """
            trigger: cart
            on: {absence: {of: purchase, after: {event: cart_add, as: cart}, for: 900ms, repeat: restart}}
            per: event.kind
            if: sum(cart_add.price) over 5s >= 10
            decide: {channels: [push], expires: 10s}
            prompt: {data: {price: cart.price}}
            """,
        ["views.yaml"] = """
            trigger: views
            on: {event: view, where: "count(view by kind) over 5s >= 2"}
            decide: {channels: [email], cooldown: 500ms, reentry: cooldown}
            """,
        ["stuck.yaml"] = """
            trigger: stuck
            on: {pattern: [{event: error, as: e, times: 2}, {not: submit, for: 400ms}], within: 5s}
            decide: {channels: [in_app]}
            """,
        ["left.yaml"] = """
            trigger: left
            on: {event: session_end, where: "event.count >= 2"}
            decide: {channels: [push], priority: 90}
            """,
    };
}
