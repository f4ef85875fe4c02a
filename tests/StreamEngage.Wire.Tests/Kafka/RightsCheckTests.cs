using Confluent.Kafka;

namespace StreamEngage.Kafka;

public sealed class RightsCheckTests
{
    [KafkaClientFact]
    public async Task WithAllRights_ThereIsNoProblem()
    {
        using var cluster = await TestCluster.OfAsync(lanes: 1);
        Assert.Empty(await new RightsCheck(cluster.Instance()).ProblemsAsync(default));
    }

    [KafkaClientFact]
    public async Task AGroupThatMayNotBeUsed_IsNamedWithTheRemedy()
    {
        using var cluster = await TestCluster.MockedAsync(lanes: 1);
        cluster.Mock!.Refuse(MockRequest.OffsetFetch, ErrorCode.GroupAuthorizationFailed);
        var problem = Assert.Single(await new RightsCheck(cluster.Instance()).ProblemsAsync(default));
        Assert.StartsWith($"kafka.group_id: the engine's user may not use group \"{cluster.Settings.GroupId}\"", problem, StringComparison.Ordinal);
        Assert.EndsWith("allow Read on it, or correct kafka.security", problem, StringComparison.Ordinal);
    }

    [KafkaClientFact]
    public async Task TransactionsThatMayNotBeBegun_AreNamedWithTheRemedy()
    {
        using var cluster = await TestCluster.MockedAsync(lanes: 1);
        cluster.Mock!.Refuse(MockRequest.InitProducerId, ErrorCode.TransactionalIdAuthorizationFailed);
        var problem = Assert.Single(await new RightsCheck(cluster.Instance()).ProblemsAsync(default));
        Assert.StartsWith($"kafka.transactional_id_prefix: the engine's user may not write with id \"test-", problem, StringComparison.Ordinal);
        Assert.EndsWith("or set kafka.delivery: at_least_once", problem, StringComparison.Ordinal);
    }

    [KafkaClientFact]
    public async Task AtLeastOnce_NoTransactionIsAskedFor()
    {
        using var cluster = await TestCluster.MockedAsync(lanes: 1);
        cluster.Mock!.Refuse(MockRequest.InitProducerId, ErrorCode.TransactionalIdAuthorizationFailed);
        Assert.Empty(await new RightsCheck(cluster.Instance(delivery: Delivery.AtLeastOnce)).ProblemsAsync(default));
    }

    [KafkaClientFact]
    public async Task BrokersThatDoNotAnswer_AreNoLackOfRights()
    {
        var nobody = new KafkaCluster(KafkaSettingsTests.Good with { Brokers = "127.0.0.1:1" }, TimeProvider.System, _ => { });
        Assert.Empty(await new RightsCheck(nobody).ProblemsAsync(default));
    }
}
