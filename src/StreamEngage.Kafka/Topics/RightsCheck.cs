using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>
/// Asks whether the engine's user may be in the group and begin the instance's transactions, before anything runs: what is refused later is tried again
/// for ever. For after <see cref="TopicCheck"/>, when all else is well. Rights to write to a topic show only with its first record.
/// </summary>
internal sealed class RightsCheck(KafkaCluster cluster)
{
    private static readonly TimeSpan _wait = TimeSpan.FromMilliseconds(KafkaLimits.RightsMilliseconds);

    /// <summary>One line a problem, in bounded time. Brokers that do not answer now are none: the engine waits for them.</summary>
    public async Task<IReadOnlyList<string>> ProblemsAsync(CancellationToken stop)
    {
        // Both block, so each has a thread of its own for as long as it takes.
        var asked = await Task.WhenAll(Ask(Group), Ask(Transactions));
        return [.. asked.OfType<string>()];

        Task<string?> Ask(Func<string?> question) => Task.Factory.StartNew(question, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    private string? Group()
    {
        using var consumer = cluster.JournalConsumer(IsolationLevel.ReadCommitted);
        try
        {
            consumer.Committed([new(cluster.Settings.Topics[0], 0)], _wait);
            return null;
        }
        catch (KafkaException refused)
        {
            return refused.Error.Code != ErrorCode.GroupAuthorizationFailed ? null
                : $"kafka.group_id: the engine's user may not use group \"{cluster.Settings.GroupId}\" ({refused.Error.Reason}); allow Read on it, "
                    + "or correct kafka.security";
        }
    }

    private string? Transactions()
    {
        if (cluster.Settings.Delivery != Delivery.ExactlyOnce) return null;
        using var producer = cluster.Producer();
        try
        {
            producer.InitTransactions(_wait);
            return null;
        }
        catch (KafkaException refused)
        {
            return refused.Error.Code != ErrorCode.TransactionalIdAuthorizationFailed ? null
                : $"kafka.transactional_id_prefix: the engine's user may not write with id \"{cluster.Settings.TransactionalId}\" ({refused.Error.Reason}); "
                    + "allow Write and Describe on it, or set kafka.delivery: at_least_once";
        }
    }
}
