using System.Text.RegularExpressions;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Host.Tests.Verbs;

namespace StreamEngage.Host.Tests.Deployment;

public sealed partial class ComposeTests
{
    private static readonly YamlValue _compose = DeploymentFiles.Yaml("docker-compose.yml");
    private static readonly YamlValue _services = _compose["services"];

    [Fact]
    public void EveryImage_IsPinnedByVersion()
    {
        Assert.Superset(
            new HashSet<string> { "kafka", "redis", "schema-registry", "topics", "engine", "clicks", "consumer", "prometheus", "grafana" },
            _services.Keys.ToHashSet());
        foreach (var name in _services.Keys) Assert.Matches(PinnedImage(), $"{_services[name]["image"]}");
        foreach (Match from in From().Matches(DeploymentFiles.Text("Dockerfile")))
            Assert.True(PinnedImage().IsMatch(from.Groups[1].Value) || from.Groups[1].Value == "base", from.Value);
    }

    [Fact]
    public void EveryContainer_RunsAsNobodyWithoutCapabilities()
    {
        foreach (var name in _services.Keys)
        {
            var one = _services[name];
            Assert.Equal(["ALL"], one["cap_drop"].Items);
            Assert.Equal(["no-new-privileges:true"], one["security_opt"].Items);
            Assert.False(one["privileged"].IsThere, name);
            // Those that are built here have their user in the Dockerfile.
            if (!one["build"].IsThere) Assert.Matches("^[1-9][0-9]*:[0-9]+$", $"{one["user"]}");
        }
        var dockerfile = DeploymentFiles.Text("Dockerfile");
        Assert.Contains("USER 10001:10001", dockerfile, StringComparison.Ordinal);
        Assert.All(Stages().Matches(dockerfile), stage => Assert.Equal("base", stage.Groups[1].Value));
    }

    [Fact]
    public void WhatIsBuiltHere_HasAReadOnlyRoot()
    {
        foreach (var name in _services.Keys.Where(name => _services[name]["build"].IsThere))
        {
            Assert.Equal("true", $"{_services[name]["read_only"]}");
            Assert.Contains($"AS {_services[name]["build"]["target"]}", DeploymentFiles.Text("Dockerfile"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void EveryServer_HasAHealthCheckAndWhatItKeepsHasAVolume()
    {
        foreach (var name in new[] { "kafka", "redis", "schema-registry", "engine", "prometheus", "grafana" })
            Assert.NotEmpty(_services[name]["healthcheck"]["test"].Items);
        foreach (var (name, path) in new[]
            {
                ("kafka", "/var/lib/kafka/data"), ("redis", "/data"), ("prometheus", "/prometheus"), ("grafana", "/var/lib/grafana"),
            })
        {
            var volume = _services[name]["volumes"].Items.Single(volume => volume.EndsWith($":{path}", StringComparison.Ordinal)).Split(':')[0];
            Assert.Contains(volume, _compose["volumes"].Keys);
        }
    }

    [Fact]
    public void EveryPort_IsOpenToThisMachineOnly()
    {
        foreach (var name in _services.Keys)
            Assert.All(_services[name]["ports"].Items, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    [Fact]
    public void EveryMountedFile_IsShipped()
    {
        foreach (var name in _services.Keys)
            foreach (var mounted in _services[name]["volumes"].Items.Where(volume => volume.StartsWith("./", StringComparison.Ordinal)))
            {
                var path = DeploymentFiles.PathOf(mounted.Split(':')[0][2..]);
                Assert.True(File.Exists(path) || Directory.Exists(path), path);
                Assert.EndsWith(":ro", mounted, StringComparison.Ordinal);
            }
    }

    [Fact]
    public void Kafka_IsWhatTransactionsNeed()
    {
        var kafka = _services["kafka"]["environment"];
        Assert.Equal("broker,controller", $"{kafka["KAFKA_PROCESS_ROLES"]}");
        // One broker cannot have the three replicas of the default: transactions would wait for ever.
        Assert.Equal("1", $"{kafka["KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR"]}");
        Assert.Equal("1", $"{kafka["KAFKA_TRANSACTION_STATE_LOG_MIN_ISR"]}");
        Assert.Equal("1", $"{kafka["KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"]}");
        // A topic made by accident would have the wrong number of partitions.
        Assert.Equal("false", $"{kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"]}");
    }

    [Theory]
    [InlineData("maxmemory-policy", "noeviction")]
    [InlineData("appendonly", "yes")]
    [InlineData("appendfsync", "everysec")]
    public void Redis_KeepsWhatItWasGiven(string setting, string value) =>
        Assert.Contains($"{setting} {value}", DeploymentFiles.Text("deploy/redis/redis.conf").Split('\n'));

    [Fact]
    public void ShippedSettings_AreValidAndAgreeWithTheServices()
    {
        var reading = SettingsFile.Read(DeploymentFiles.PathOf("deploy/streamengage.yaml"), new Dictionary<string, string>());
        Assert.Null(reading.Refusal);
        var settings = reading.Settings!;
        Assert.Equal("kafka:9092", settings.Kafka.Brokers);
        Assert.Contains("redis.addresses = redis:6379", SettingsFile.Shown(settings));
        Assert.Contains($"engine:{settings.Observe.Port}", DeploymentFiles.Text("deploy/prometheus/prometheus.yml"), StringComparison.Ordinal);
        Assert.Equal("0.0.0.0", settings.Observe.Address);
        Assert.Equal([settings.Kafka.Topics[0]], [$"{_services["clicks"]["environment"]["TOPIC"]}"]);
        Assert.False(settings.Admin.IsOpen);
    }

    [Fact]
    public void Serve_ChecksTheShippedSettings()
    {
        var run = CommandRun.Of("serve", "--config", DeploymentFiles.PathOf("deploy/streamengage.yaml"), "--check");

        Assert.Equal((0, ""), (run.Exit, run.Errors));
        Assert.Contains("kafka.group_id = streamengage\n", run.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches("settings and rulebook are right: triggers [0-9]+, rulebook [0-9a-f]{12}", run.Output);
    }

    [Fact]
    public void Topics_AreOneForEverySettingAndChannel()
    {
        var run = CommandRun.Of("topics", "--config", DeploymentFiles.PathOf("deploy/streamengage.yaml"), "--partitions", "12", "--replicas", "1");

        Assert.Equal((0, ""), (run.Exit, run.Errors));
        Assert.Equal(
            [
                "behavior.events", "streamengage.exchange", "streamengage.journal", "streamengage.quarantine", "streamengage.decisions",
                "prompts.email", "prompts.human", "prompts.in_app", "prompts.push",
            ],
            TopicOption().Matches(run.Output).Select(match => match.Groups[1].Value));
        Assert.Equal(2, CommandRun.Of("topics", "--partitions", "0").Exit);
    }

    [Fact]
    public void Engine_HasTimeToStop() => Assert.Equal("10s", $"{_services["engine"]["stop_grace_period"]}");

    [GeneratedRegex(@"^[a-z0-9./-]+:v?[0-9]+\.[0-9]+\.[0-9]+[a-z0-9.-]*(@sha256:[0-9a-f]{64})?$")]
    private static partial Regex PinnedImage();

    [GeneratedRegex("--topic ([a-z._]+) --partitions 12 --replication-factor 1 ")]
    private static partial Regex TopicOption();

    [GeneratedRegex(@"^FROM (\S+) AS", RegexOptions.Multiline)]
    private static partial Regex From();

    [GeneratedRegex(@"^FROM (\S+) AS (?:engine|consumer|clicks)$", RegexOptions.Multiline)]
    private static partial Regex Stages();
}
