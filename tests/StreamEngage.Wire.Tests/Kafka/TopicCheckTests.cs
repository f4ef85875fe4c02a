using System.Diagnostics;

namespace StreamEngage.Kafka;

public sealed class TopicCheckTests
{
    [KafkaClientFact]
    public async Task TopicsAsPlanned_HaveNoProblem()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 3);
        var problems = await new TopicCheck(cluster.Instance(delivery: cluster.Delivery), [cluster.Prompts]).ProblemsAsync(default);
        // The mock answers no questions about settings, which is said.
        Assert.DoesNotContain(problems, problem => !problem.StartsWith(TopicRules.Warning, StringComparison.Ordinal));
    }

    [KafkaClientFact]
    public async Task TopicsThatAreMissingOrOfOtherSize_AreNamed()
    {
        using var cluster = await TestCluster.MockedAsync(lanes: 3);
        cluster.Mock!.CreateTopic("wide", 4);
        var settings = cluster.Settings with { Topics = [cluster.Settings.Topics[0], "wide", "missing"] };
        var problems = await new TopicCheck(cluster.Instance() with { Settings = settings }, [cluster.Prompts]).ProblemsAsync(default);
        Assert.Contains(problems, problem => problem.StartsWith("kafka.topics[1]: \"wide\" has 4 partitions", StringComparison.Ordinal));
        Assert.Contains(problems, problem => problem.StartsWith("kafka.topics[2]: topic \"missing\" does not exist", StringComparison.Ordinal));
    }

    [KafkaClientFact]
    public async Task WhenNoBrokerAnswers_TheCheckSaysSoWithinTenSeconds()
    {
        var nobody = new KafkaCluster(KafkaSettingsTests.Good with { Brokers = "127.0.0.1:1" }, TimeProvider.System, _ => { });
        var watch = Stopwatch.StartNew();
        var problem = Assert.Single(await new TopicCheck(nobody, []).ProblemsAsync(default));
        Assert.StartsWith("kafka.brokers: no broker answers at 127.0.0.1:1 (", problem, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    [KafkaClientFact]
    public async Task APlanMadeTwice_LeavesWhatIsThere()
    {
        using var cluster = await TestCluster.ThatIsolatesAsync(lanes: 2);
        var again = await TopicPlan.Of(cluster.Settings, [cluster.Prompts], 2, 1).CreateAsync(cluster.Instance());
        Assert.All(again, line => Assert.EndsWith("is there already, left as it is", line, StringComparison.Ordinal));
    }
}
