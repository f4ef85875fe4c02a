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

    private static readonly Option<string?> _keep = new("--keep")
    {
        HelpName = "DIR", Description = "keep settings and rulebook in an empty folder: with other addresses in them, they are what `serve --config` wants",
    };

    public static Command Command()
    {
        var command = new Command(Name,
            "The engine as `serve` runs it, with all around it: librdkafka's mock cluster (which is not Kafka: it isolates no transactions), a redis-server\n" +
            "of its own, generated clickstream in and prompts out, a line each. Needs redis-server and librdkafka installed; nothing is kept\n" +
            "but settings and rulebook with --keep.\n" +
            "Example: streamengage sandbox --rate 500 --duration 1m --keep mine");
        foreach (var option in (Option[])[_rate, _duration, _rules, _keep]) command.Options.Add(option);
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
        var lasts = parsed.GetRequiredValue(_duration);
        var milliseconds = lasts == "forever" ? null : DurationText.Parse(lasts);
        if (milliseconds is null && lasts != "forever")
            return parsed.Fail($"--duration '{lasts}' is not {DurationText.Examples}, nor forever", CommandLine.WrongUsage);
        TimeSpan? duration = milliseconds is { } asked ? TimeSpan.FromMilliseconds(asked) : null;
        using var folder = SandboxFolder.Open(parsed.GetValue(_keep), out var problem);
        if (folder is null) return parsed.Fail(problem, CommandLine.Refused);
        await using var redis = SandboxRedis.Start(folder.Own);
        if (redis is null) return parsed.Fail("no redis-server is installed; apt-get install redis-server (as root), then try again", CommandLine.Refused);
        using var cluster = new MockCluster(brokers: 1);
        var text = RulebookVersion.OfFolder(rules);
        await folder.WriteAsync(cluster.Brokers, redis.Port, text);
        errors.WriteLine($"sandbox: redis-server on port {redis.Port}, mock cluster at {cluster.Brokers}, settings in {folder.Settings}");
        var reading = SettingsFile.Read(folder.Settings, new Dictionary<string, string>());
        if (reading.Settings is not { } settings) return parsed.Fail(reading.Refusal!, CommandLine.Refused);
        var sandbox = new Sandbox(new(parsed.GetValue(_rate), duration), parsed.InvocationConfiguration.Output);
        void Say(Steps.Observe.Notice notice) => errors.WriteLine($"sandbox: lane {notice.Lane} {notice.Kind}: {notice.Detail}");
        return await sandbox.RunAsync(ServedRulebook.Of(compiled, text), settings, cluster, Say, stop) ? CommandLine.Done : CommandLine.Refused;
    }
}
