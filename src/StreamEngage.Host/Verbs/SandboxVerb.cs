using System.CommandLine;
using StreamEngage.Host.Runs;
using StreamEngage.Host.Sandboxes;
using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Kafka;
using StreamEngage.Rules.Expressions;

namespace StreamEngage.Host.Verbs;

/// <summary><c>streamengage sandbox</c>: the production path on one machine.</summary>
internal static class SandboxVerb
{
    private const string Name = "sandbox";
    private const int RateMax = 2_000;

    private static readonly Option<int> _rate = new("--rate") { Description = "events a second", DefaultValueFactory = _ => 200 };

    private static readonly Option<string> _duration = new("--duration")
    {
        Description = "how long, such as 30s or 5m, or forever: until Ctrl+C", DefaultValueFactory = _ => "30s",
    };

    private static readonly Option<string?> _rules = new("--rules") { Description = "folder of the rulebook; default: the shop's that comes along" };

    public static Command Command()
    {
        var command = new Command(Name,
            "The engine as `serve` runs it, with all around it: librdkafka's mock cluster (which is not Kafka: it isolates no transactions), a redis-server\n" +
            "of its own, generated clickstream in and prompts out, a line each. Needs redis-server and librdkafka installed; nothing is kept.\n" +
            "Example: streamengage sandbox --rate 500 --duration 1m");
        foreach (var option in (Option[])[_rate, _duration, _rules]) command.Options.Add(option);
        command.SetAction((parsed, stop) => RunAsync(parsed, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken stop)
    {
        var errors = parsed.InvocationConfiguration.Error;
        if (Librdkafka.Problem is { } missing) return parsed.Fail(missing, CommandLine.Refused);
        var rules = Path.GetFullPath(parsed.GetValue(_rules) ?? Path.Combine(AppContext.BaseDirectory, "rulebooks", "shop"));
        if (!RulesFolder.TryCompile(rules, errors, out var compiled, out _)) return CommandLine.Refused;
        if (parsed.GetValue(_rate) is < 1 or > RateMax) return parsed.Fail($"--rate must be 1 to {RateMax}", CommandLine.WrongUsage);
        var text = parsed.GetRequiredValue(_duration);
        var milliseconds = text == "forever" ? null : DurationText.Parse(text);
        if (milliseconds is null && text != "forever")
            return parsed.Fail($"--duration '{text}' is not {DurationText.Examples}, nor forever", CommandLine.WrongUsage);
        TimeSpan? duration = milliseconds is { } asked ? TimeSpan.FromMilliseconds(asked) : null;
        var folder = Directory.CreateTempSubdirectory("streamengage-sandbox-").FullName;
        try
        {
            await using var redis = SandboxRedis.Start(folder);
            if (redis is null) return parsed.Fail("no redis-server is installed; apt-get install redis-server (as root), then try again", CommandLine.Refused);
            using var cluster = new MockCluster(brokers: 1);
            var file = Path.Combine(folder, "streamengage.yaml");
            await File.WriteAllTextAsync(file, Settings(cluster.Brokers, redis.Port, rules), stop);
            errors.WriteLine($"sandbox: redis-server on port {redis.Port}, mock cluster at {cluster.Brokers}, settings in {file}");
            var reading = SettingsFile.Read(file, new Dictionary<string, string>());
            if (reading.Settings is not { } settings) return parsed.Fail(reading.Refusal!, CommandLine.Refused);
            var sandbox = new Sandbox(new(parsed.GetValue(_rate), duration), parsed.InvocationConfiguration.Output);
            var served = ServedRulebook.Of(compiled, RulebookVersion.OfFolder(rules));
            void Say(Steps.Observe.Notice notice) => errors.WriteLine($"sandbox: lane {notice.Lane} {notice.Kind}: {notice.Detail}");
            return await sandbox.RunAsync(served, settings, cluster, Say, stop) ? CommandLine.Done : CommandLine.Refused;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Settings(string brokers, int redisPort, string rules) => $"""
        kafka:
          brokers: {brokers}
          group_id: sandbox-engine
          instance_id: sandbox-1
          topics: [behavior.events]
          exchange_topic: streamengage.exchange
          journal_topic: streamengage.journal
          quarantine_topic: streamengage.quarantine
          client: {"{"}fetch.wait.max.ms: 5{"}"}
        redis:
          addresses: ["127.0.0.1:{redisPort}"]
        engine:
          rules: {rules}
        """;
}
