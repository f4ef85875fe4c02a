using System.Text.Json;
using System.Text.RegularExpressions;
using StreamEngage.Host.Serving.Metrics;
using StreamEngage.Host.Tests.Serving;
using StreamEngage.Steps.Observe;

namespace StreamEngage.Host.Tests.Deployment;

/// <summary>Whatever a dashboard or an alert asks for is on a page of a running engine.</summary>
public sealed partial class DashboardTests
{
    private static readonly HashSet<string> _words = ["instance", "reason", "trigger", "channel", "kind", "state", "verdict", "why"];

    [Fact]
    public void EveryQueryOfTheDashboard_NamesMetricsThatExist()
    {
        using var dashboard = JsonDocument.Parse(DeploymentFiles.Text("grafana/streamengage.json"));
        var panels = dashboard.RootElement.GetProperty("panels").EnumerateArray().Where(panel => panel.GetProperty("type").GetString() != "row").ToList();
        Assert.True(panels.Count >= 20);
        Assert.All(panels, panel => Assert.NotEmpty(panel.GetProperty("targets").EnumerateArray()));
        MustExist(panels.SelectMany(panel => panel.GetProperty("targets").EnumerateArray()).Select(target => target.GetProperty("expr").GetString()!));
    }

    [Fact]
    public void EveryAlert_NamesMetricsThatExist()
    {
        var rules = DeploymentFiles.Yaml("deploy/prometheus/alerts.yml")["groups"].Each.SelectMany(group => group["rules"].Each).ToList();
        Assert.NotEmpty(rules);
        MustExist(rules.Select(rule => $"{rule["expr"]}").Where(expression => !expression.StartsWith("up{", StringComparison.Ordinal)));
    }

    [Fact]
    public void EveryMetricOfTheEngine_IsOnTheDashboard()
    {
        var dashboard = DeploymentFiles.Text("grafana/streamengage.json");
        Assert.All(Names().Where(name => name.StartsWith("streamengage_", StringComparison.Ordinal)),
            name => Assert.Contains(name, dashboard, StringComparison.Ordinal));
    }

    [Fact]
    public void DashboardAndItsProvisioning_MeanTheSameDataSource()
    {
        var source = DeploymentFiles.Yaml("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"].Each.Single();
        Assert.Contains($"\"uid\": \"{source["uid"]}\"", DeploymentFiles.Text("grafana/streamengage.json"), StringComparison.Ordinal);
    }

    private static void MustExist(IEnumerable<string> expressions)
    {
        var names = Names();
        foreach (var expression in expressions)
        {
            var asked = MetricName().Matches(expression).Select(match => match.Value).Where(word => !_words.Contains(word)).ToList();
            Assert.NotEmpty(asked);
            Assert.All(asked, name => Assert.Contains(Suffix().Replace(name, ""), names));
        }
    }

    private static HashSet<string> Names()
    {
        using var engine = new EngineMeters(new(), new(), ["cart"], ["push"]);
        using var page = new MetricsPage(instrument => engine.All.Contains(instrument.Meter) || instrument.Meter.Name == "System.Runtime");
        EngineCalls.All(engine);
        return [.. TypeLine().Matches(page.Write()).Select(match => match.Groups[1].Value)];
    }

    [GeneratedRegex("(?:streamengage|dotnet)_[a-z_]+")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    [GeneratedRegex("^# TYPE ([a-z_]+) ", RegexOptions.Multiline)]
    private static partial Regex TypeLine();
}
