using StreamEngage.Host.Serving.Settings;

namespace StreamEngage.Host.Tests.Serving;

public sealed class SettingsFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("streamengage-").FullName;
    private readonly Dictionary<string, string> _variables = new() { ["PATH"] = "x", ["STREAMENGAGE_REDIS"] = "of the tests" };

    private const string Kafka =
        "kafka: {brokers: 'b:9092', group_id: g, instance_id: i, topics: [clicks], journal_topic: j, quarantine_topic: q, decision_topic: d}\n";

    public SettingsFileTests() => Directory.CreateDirectory(Path.Combine(_folder, "rules"));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void LeastFile_HasTheDefaultsOfEverythingElse()
    {
        var settings = Accepted(Kafka + "engine: {rules: rules}");

        Assert.Equal("b:9092", settings.Kafka.Brokers);
        Assert.Equal(200, settings.Engine.BatchSize);
        Assert.Equal(TimeSpan.FromMilliseconds(75), settings.Engine.PublishInterval);
        Assert.Equal("127.0.0.1", settings.Admin.Address);
        Assert.False(settings.Admin.IsOpen);
        Assert.Equal(Path.Combine(_folder, "rules"), settings.Engine.Rules);
    }

    [Fact]
    public void EverySetting_IsRead()
    {
        Write("reader", new string('r', 32) + "\n");
        Write("operator", new string('o', 32) + "\n");
        Write("hash", new string('h', 32));
        var settings = Accepted(Kafka + """
            engine:
              rules: rules
              batch_size: 50
              tick: 1s
              publish_interval: 20ms
              cached_users: 1000
              outbox: {pause_at: 10, resume_at: 5}
              user_rate: {events_per_second: 7, burst: 9}
              time: records
              prompts_per_minute_max: 0
            admin: {address: 0.0.0.0, port: 1, behind_tls: true, reader_token_file: reader, operator_token_file: operator}
            observe: {address: "::1", port: 2, log_format: json, log_level: debug, otlp_endpoint: "http://c:4317", trace_share: 0.5, user_hash_key_file: hash}
            """);

        Assert.Equal((50, TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(20), 1000), (settings.Engine.BatchSize, settings.Engine.Tick,
            settings.Engine.PublishInterval, settings.Engine.CachedUsers));
        Assert.Equal((10, 5, ClockSource.Records, 0), (settings.Engine.Outbox.PauseAt, settings.Engine.Outbox.ResumeAt, settings.Engine.Time,
            settings.Engine.PromptsPerMinuteMax));
        Assert.Equal((7, 9), (settings.Engine.UserRate.EventsPerSecond, settings.Engine.UserRate.Burst));
        Assert.Equal(("0.0.0.0", 1, true, new string('r', 32), new string('o', 32)), (settings.Admin.Address, settings.Admin.Port,
            settings.Admin.BehindTls, settings.Admin.ReaderToken!.Reveal(), settings.Admin.OperatorToken!.Reveal()));
        Assert.Equal(("::1", 2, LogFormat.Json, "http://c:4317", 0.5, new string('h', 32)), (settings.Observe.Address, settings.Observe.Port,
            settings.Observe.LogFormat, settings.Observe.OtlpEndpoint, settings.Observe.TraceShare, settings.Observe.UserHashKey!.Reveal()));
    }

    [Fact]
    public void EverySettingWrong_IsOneMessageWithPlaceAndRemedyOfEach()
    {
        Write("short", "abc");
        var message = Refused("""
            kafka: {brokers: "", group_id: g, topics: [], journal_topic: j, quarantine_topic: q, decision_topic: d}
            engine:
              rules: nowhere
              batch_size: 513
              tick: 5ms
              publish_interval: soon
              cached_users: 100
              outbox: {pause_at: 10, resume_at: 10}
              time: past
              prompts_per_minute_max: -1
            admin: {address: 0.0.0.0, port: 0, reader_token_file: short, operator_token_file: short}
            observe: {address: here, port: 70000, log_format: xml, log_level: loud, otlp_endpoint: collector, trace_share: 2, user_hash_key_file: none}
            """);

        Assert.Equal(string.Join('\n',
            "s.yaml: 23 problems",
            "  s.yaml(1,8): kafka.instance_id is missing; write it here or set STREAMENGAGE__KAFKA__INSTANCE_ID",
            "  s.yaml(1,18): kafka.brokers: is empty; name at least one host:port",
            "  s.yaml(1,43): kafka.topics: is empty; name at least one input topic",
            $"  s.yaml(3,10): engine.rules: there is no folder '{Path.Combine(_folder, "nowhere")}'; name the folder that holds the rulebook",
            "  s.yaml(4,15): engine.batch_size must be 1 to 512, was 513",
            "  s.yaml(5,9): engine.tick must be 10ms to 10s, was 5ms",
            "  s.yaml(6,21): engine.publish_interval must be a duration such as 500ms, 90s, 30m, 12h or 7d, was 'soon'",
            "  s.yaml(7,17): engine.cached_users must be engine.batch_size (513) to 100000000, was 100",
            "  s.yaml(8,37): engine.outbox.resume_at must be 0 to less than engine.outbox.pause_at (10), was 10",
            "  s.yaml(9,9): engine.time must be one of live, records, was 'past'",
            "  s.yaml(10,27): engine.prompts_per_minute_max must be 0 (no breaker) or more, was -1",
            "  s.yaml(11,18): admin.address '0.0.0.0' can be reached from elsewhere, without TLS; " +
                "use 127.0.0.1, or set admin.behind_tls: true where a proxy adds TLS",
            "  s.yaml(11,33): admin.port must be 1 to 65535, was 0",
            "  s.yaml(11,55): admin.reader_token must have at least 32 characters; make one with: openssl rand -hex 32",
            "  s.yaml(11,55): admin.reader_token and admin.operator_token must differ: who may look could change things",
            "  s.yaml(11,83): admin.operator_token must have at least 32 characters; make one with: openssl rand -hex 32",
            "  s.yaml(12,20): observe.address must be an IP address such as 127.0.0.1 or 0.0.0.0, was 'here'",
            "  s.yaml(12,32): observe.port must be 1 to 65535, was 70000",
            "  s.yaml(12,51): observe.log_format must be one of text, json, was 'xml'",
            "  s.yaml(12,67): observe.log_level must be one of trace, debug, information, warning, error, critical, none, was 'loud'",
            "  s.yaml(12,88): observe.otlp_endpoint must be an http or https address such as http://collector:4317, was 'collector'",
            "  s.yaml(12,112): observe.trace_share must be 0 to 1, was 2",
            "  s.yaml(12,135): observe.user_hash_key_file 'none' cannot be read: there is no such file"), message);
    }

    [Fact]
    public void UnknownKeys_AreRefusedWithTheNearestName() => Assert.Equal(string.Join('\n',
        "s.yaml: 3 problems",
        "  s.yaml(2,26): engine.batchsize: there is no such setting; did you mean 'batch_size'?",
        "  s.yaml(3,1): rediss: there is no such setting; did you mean 'redis'?",
        "  STREAMENGAGE__ENGINE__TICKS: there is no such setting; did you mean STREAMENGAGE__ENGINE__TICK?"),
        Refused(Kafka + "engine: {rules: 'rules', batchsize: 3}\nrediss: {}", ("STREAMENGAGE__ENGINE__TICKS", "1s")));

    [Theory]
    [InlineData("events_per_second: 0", null)]
    [InlineData("events_per_second: 100000, burst: 1000000", null)]
    [InlineData("events_per_second: -1", "s.yaml(2,55): engine.user_rate.events_per_second must be 0 (no bound) to 100000, was -1")]
    [InlineData("events_per_second: 100001", "s.yaml(2,55): engine.user_rate.events_per_second must be 0 (no bound) to 100000, was 100001")]
    [InlineData("burst: 0", "s.yaml(2,43): engine.user_rate.burst must be 1 to 1000000, was 0")]
    [InlineData("burst: 1000001", "s.yaml(2,43): engine.user_rate.burst must be 1 to 1000000, was 1000001")]
    public void UserRate_HasBounds(string written, string? problem)
    {
        var settings = $"{Kafka}engine: {{rules: rules, user_rate: {{{written}}}}}";
        if (problem is null) Accepted(settings);
        else Assert.Contains(problem, Refused(settings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "", "75ms")]
    [InlineData(", delivery: exactly_once", "", "75ms")]
    [InlineData(", delivery: at_least_once", "", "5ms")]
    [InlineData(", delivery: exactly_once", ", publish_interval: 5ms", "5ms")]
    [InlineData(", delivery: at_least_once", ", publish_interval: 75ms", "75ms")]
    [InlineData(", delivery: at_least_once", ", publish_interval: 5s", "5s")]
    public void PublishInterval_UnlessWritten_FollowsFromTheDelivery(string delivery, string interval, string inForce)
    {
        var settings = Accepted($"{Kafka.Replace("}\n", $"{delivery}}}\n", StringComparison.Ordinal)}engine: {{rules: rules{interval}}}");
        Assert.Contains($"engine.publish_interval = {inForce}", SettingsFile.Shown(settings));
        Assert.Equal(settings.PublishInterval, settings.Engine.PublishInterval);
    }

    [Theory]
    [InlineData("4ms")]
    [InlineData("5001ms")]
    public void PublishInterval_HasBounds(string written) => Assert.Contains(
        "engine.publish_interval must be 5ms to 5s, was ", Refused($"{Kafka}engine: {{rules: rules, publish_interval: {written}}}"), StringComparison.Ordinal);

    [Fact]
    public void Variable_WinsOverTheFile()
    {
        var settings = Accepted(Kafka + "engine: {rules: rules, batch_size: 3}",
            ("STREAMENGAGE__ENGINE__BATCH_SIZE", "7"), ("streamengage__kafka__topics", "a, b"), ("STREAMENGAGE__ENGINE__OUTBOX__PAUSE_AT", "9000"));

        Assert.Equal(7, settings.Engine.BatchSize);
        Assert.Equal(["a", "b"], settings.Kafka.Topics);
        Assert.Equal(9_000, settings.Engine.Outbox.PauseAt);
    }

    [Fact]
    public void WrongVariable_IsNamedAsTheVariable() => Assert.Equal(string.Join('\n',
        "s.yaml: 2 problems",
        "  STREAMENGAGE__ENGINE__BATCH_SIZE: engine.batch_size must be a whole number, was 'many'",
        "  STREAMENGAGE__ENGINE__TICK: engine.tick must be 10ms to 10s, was 1ms"),
        Refused(Kafka + "engine: {rules: rules}", ("STREAMENGAGE__ENGINE__TICK", "1ms"), ("STREAMENGAGE__ENGINE__BATCH_SIZE", "many")));

    [Fact]
    public void SecretInTheFile_IsRefusedWithoutRepeatingIt()
    {
        var message = Refused(Kafka + "engine: {rules: rules}\nadmin: {operator_token: hunter2}");

        Assert.Equal("s.yaml: 1 problem\n  s.yaml(3,9): admin.operator_token: a secret does not stand in this file; name a file that holds it as " +
            "admin.operator_token_file, or set STREAMENGAGE__ADMIN__OPERATOR_TOKEN", message);
    }

    [Fact]
    public void Secrets_AreMaskedWhereverSettingsAreShown()
    {
        var settings = Accepted(Kafka + "engine: {rules: rules}",
            ("STREAMENGAGE__ADMIN__OPERATOR_TOKEN", new string('s', 40)), ("STREAMENGAGE__REDIS__PASSWORD", "hunter2"));

        var shown = SettingsFile.Shown(settings).ToList();
        Assert.Contains("admin.operator_token = ***", shown);
        Assert.Contains("redis.password = ***", shown);
        Assert.Contains("engine.outbox.pause_at = 10000", shown);
        Assert.Contains("engine.tick = 100ms", shown);
        Assert.Contains("engine.time = live", shown);
        Assert.Contains("admin.behind_tls = false", shown);
        Assert.DoesNotContain("hunter2", string.Join('\n', shown), StringComparison.Ordinal);
        Assert.DoesNotContain("sssss", $"{string.Join('\n', shown)}{settings.Admin}", StringComparison.Ordinal);
    }

    [Fact]
    public void PortsOfBoth_MayNotBeOne() => Assert.Equal(
        "s.yaml: 1 problem\n  s.yaml(3,15): admin.port must not be observe.port (9464): what everybody may read and what changes things stay apart",
        Refused(Kafka + "engine: {rules: rules}\nadmin: {port: 9464}", ("STREAMENGAGE__ADMIN__OPERATOR_TOKEN", new string('s', 40))));

    [Fact]
    public void FileThatIsNotYaml_IsRefusedWithItsPlace() =>
        Assert.StartsWith("s.yaml: 1 problem\n  s.yaml(1,9): this is not YAML: ", Refused("engine: }"), StringComparison.Ordinal);

    [Fact]
    public void FileThatIsNotThere_SaysSo() =>
        Assert.EndsWith("name the settings file with --config",
            SettingsFile.Read(Path.Combine(_folder, "none.yaml"), _variables).Refusal, StringComparison.Ordinal);

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(_folder, name), text);

    private SettingsReading Read(string yaml, (string, string)[] variables)
    {
        Write("s.yaml", yaml);
        foreach (var (name, value) in variables) _variables[name] = value;
        return SettingsFile.Read(Path.Combine(_folder, "s.yaml"), _variables);
    }

    private ServeSettings Accepted(string yaml, params (string, string)[] variables)
    {
        var reading = Read(yaml, variables);
        Assert.Null(reading.Refusal);
        return reading.Settings!;
    }

    private string Refused(string yaml, params (string, string)[] variables) =>
        Read(yaml, variables).Refusal!.Replace(Path.Combine(_folder, "s.yaml"), "s.yaml", StringComparison.Ordinal);
}
