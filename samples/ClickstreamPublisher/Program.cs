using ClickstreamPublisher;
using Confluent.Kafka;
using ReferenceConsumer;

// Publishes behavior events from standard input, each when its time comes and keyed by its user: one partition owns a user.
var options = args.Chunk(2).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1]);
if (!options.TryGetValue("--brokers", out var brokers) || !options.TryGetValue("--topic", out var topic))
{
    Console.Error.WriteLine("streamengage generate --start NOW | clickstream-publisher --brokers HOST:PORT --topic behavior.events");
    return 2;
}
SystemLibrary.Find();
using var producer = new ProducerBuilder<byte[]?, byte[]>(new ProducerConfig
{
    BootstrapServers = brokers,
    EnableIdempotence = true,
    // Where Java clients put a key, so that all producers of a topic agree.
    Partitioner = Partitioner.Murmur2Random,
}).Build();
while (await Console.In.ReadLineAsync() is { } line)
{
    var click = Click.Of(line);
    var early = click.At - TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
    if (early > 0) await Task.Delay(TimeSpan.FromMilliseconds(early));
    await producer.ProduceAsync(topic, new() { Key = click.Key, Value = click.Value });
}
producer.Flush(TimeSpan.FromSeconds(10));
return 0;
