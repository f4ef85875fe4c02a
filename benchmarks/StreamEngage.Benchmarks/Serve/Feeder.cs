using Confluent.Kafka;

namespace StreamEngage.Benchmarks.Serve;

/// <summary>Puts lines into the lanes of their users.</summary>
internal sealed class Feeder : IDisposable
{
    private readonly string _topic;
    private readonly IProducer<Null, byte[]> _producer;
    private volatile string? _refusal;

    /// <param name="site">Whose input is fed.</param>
    /// <param name="lingerMilliseconds">More packs tighter: the mock keeps 5 MiB a lane as they came.</param>
    public Feeder(Site site, int lingerMilliseconds, string? topic = null)
    {
        _topic = topic ?? site.Input;
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig
        {
            BootstrapServers = site.Brokers,
            LingerMs = lingerMilliseconds,
            CompressionType = CompressionType.Lz4,
            QueueBufferingMaxMessages = 1_000_000,
            QueueBufferingMaxKbytes = 512 * 1024,
            DeliveryReportFields = "none",
        }).SetLogHandler((_, _) => { }).Build();
    }

    public long[] Fed { get; } = new long[Ground.Lanes];

    public long Count { get; private set; }

    public void Feed(int lane, byte[] line, long atMilliseconds)
    {
        var message = new Message<Null, byte[]> { Value = line, Timestamp = new(atMilliseconds, TimestampType.CreateTime) };
        var place = new TopicPartition(_topic, lane);
        while (true)
        {
            try
            {
                _producer.Produce(place, message, Delivered);
                break;
            }
            catch (ProduceException<Null, byte[]> full) when (full.Error.Code == ErrorCode.Local_QueueFull)
            {
                Thread.Sleep(1);
            }
        }
        Fed[lane]++;
        Count++;
    }

    /// <summary>Everything is in the topic.</summary>
    public void Flush()
    {
        if (_producer.Flush(TimeSpan.FromSeconds(60)) > 0) throw new InvalidOperationException("The mock cluster does not take the input.");
        if (_refusal is not null) throw new InvalidOperationException(_refusal);
    }

    public void Dispose() => _producer.Dispose();

    private void Delivered(DeliveryReport<Null, byte[]> report)
    {
        if (report.Error.IsError) _refusal ??= report.Error.Reason;
    }
}
