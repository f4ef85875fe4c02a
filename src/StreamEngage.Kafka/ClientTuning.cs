using Confluent.Kafka;

namespace StreamEngage.Kafka;

/// <summary>
/// The settings of the client library that <c>kafka.client</c> may hold. Missing are those that would undo a promise (isolation, idempotence,
/// verification), load code, or write what is secret.
/// </summary>
internal static class ClientTuning
{
    private static readonly string[] OfAll =
    [
        "broker.address.family", "client.rack", "connections.max.idle.ms", "metadata.max.age.ms", "reconnect.backoff.max.ms", "reconnect.backoff.ms",
        "retry.backoff.ms", "socket.connection.setup.timeout.ms", "socket.keepalive.enable", "socket.nagle.disable", "socket.timeout.ms",
        "topic.metadata.refresh.interval.ms",
    ];

    private static readonly string[] OfConsumers =
    [
        "fetch.error.backoff.ms", "fetch.max.bytes", "fetch.message.max.bytes", "fetch.min.bytes", "fetch.queue.backoff.ms", "fetch.wait.max.ms",
        "heartbeat.interval.ms", "max.partition.fetch.bytes", "max.poll.interval.ms", "queued.max.messages.kbytes", "queued.min.messages",
        "receive.message.max.bytes", "session.timeout.ms",
    ];

    private static readonly string[] OfProducers =
    [
        "batch.num.messages", "batch.size", "compression.codec", "compression.level", "compression.type", "linger.ms", "message.max.bytes",
        "queue.buffering.max.kbytes", "queue.buffering.max.messages", "transaction.timeout.ms",
    ];

    public static IEnumerable<string> Problems(IReadOnlyDictionary<string, string> client) =>
        from name in client.Keys
        where !OfAll.Contains(name) && !OfConsumers.Contains(name) && !OfProducers.Contains(name)
        select $"kafka.client.{name}: may not be set; allowed are {string.Join(", ", [.. OfAll, .. OfConsumers, .. OfProducers])}";

    public static void ApplyTo(ClientConfig config, IReadOnlyDictionary<string, string> client)
    {
        foreach (var (name, value) in client)
            if (OfAll.Contains(name) || (config is ConsumerConfig && OfConsumers.Contains(name)) || (config is ProducerConfig && OfProducers.Contains(name)))
                config.Set(name, value);
    }
}
