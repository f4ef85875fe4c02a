using Confluent.Kafka;
using StreamEngage.Steps;

namespace StreamEngage.Kafka;

/// <summary>
/// Writes what a person tells lanes, wherever those run: single records of the exchange topic, in no transaction. Thread-safe. It connects with the first.
/// </summary>
internal sealed class ExchangeWriter(KafkaCluster cluster) : IDisposable
{
    private readonly Lazy<IProducer<byte[]?, byte[]>> _producer = new(cluster.Teller);

    /// <summary>Returns when the message stands in the lane's partition.</summary>
    /// <exception cref="LogFailedException">It could not be written in time; it may come to stand there yet.</exception>
    public async Task SendAsync(int lane, ReadOnlyMemory<byte> message, CancellationToken stop)
    {
        try
        {
            await _producer.Value.ProduceAsync(new TopicPartition(cluster.Settings.ExchangeTopic, lane), new() { Value = message.ToArray() }, stop);
        }
        catch (KafkaException failed)
        {
            throw new LogFailedException($"{cluster.Settings.ExchangeTopic} takes nothing for lane {lane}: {failed.Error.Reason}", failed);
        }
    }

    /// <summary>Of the topics that prompts of another rulebook would go to, those that are not there: a line each.</summary>
    public async Task<IReadOnlyList<string>> WrongTopicsAsync(IReadOnlyList<string> promptTopics, CancellationToken stop)
    {
        var problems = await new TopicCheck(cluster, promptTopics).ProblemsAsync(stop);
        return [.. problems.Where(problem => promptTopics.Any(topic => problem.Contains($"\"{topic}\"", StringComparison.Ordinal)))
            .Where(problem => !problem.StartsWith(TopicRules.Warning, StringComparison.Ordinal))];
    }

    public void Dispose()
    {
        if (_producer.IsValueCreated) _producer.Value.Dispose();
    }
}
