using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using StreamEngage.Kafka;

namespace StreamEngage.Processes;

/// <summary>People clicking now: in every lane some users, now and then a duplicate, a late event or no event at all.</summary>
internal sealed class Traffic : IAsyncDisposable
{
    private const int UsersPerLane = 12;
    private const int TurnMilliseconds = 20;

    private static readonly string[] _types = ["view", "view", "cart_add", "purchase", "error", "submit"];
    private static readonly string[] _kinds = ["a", "b"];

    private readonly IProducer<Null, byte[]> _producer;
    private readonly CancellationTokenSource _stop = new();
    private readonly Random _random;
    private readonly int _lanes;
    private readonly long[] _ends;
    private readonly Task _work;
    private int _clicks;

    public Traffic(TestCluster cluster, int lanes, int seed, int clicksPerSecond)
    {
        (_lanes, _random, _ends) = (lanes, new(seed), new long[lanes]);
        _producer = new ProducerBuilder<Null, byte[]>(new ProducerConfig { BootstrapServers = cluster.Settings.Brokers, LingerMs = 2 })
            .SetLogHandler((_, _) => { }).Build();
        _work = ClickAsync(cluster.Settings.Topics[0], clicksPerSecond);
    }

    public int Clicks => _clicks;

    /// <summary>Nobody clicks any more. Where each lane's input ends.</summary>
    public async Task<IReadOnlyList<long>> EndAsync()
    {
        await _stop.CancelAsync();
        await _work;
        _producer.Flush(TimeSpan.FromSeconds(20));
        return _ends;
    }

    public async ValueTask DisposeAsync()
    {
        await EndAsync();
        _producer.Dispose();
        _stop.Dispose();
    }

    private async Task ClickAsync(string topic, int clicksPerSecond)
    {
        var began = DateTime.UtcNow;
        while (!_stop.IsCancellationRequested)
        {
            var due = (DateTime.UtcNow - began).TotalSeconds * clicksPerSecond;
            for (; _clicks < due; _clicks++)
            {
                var lane = _random.Next(_lanes);
                _producer.Produce(new TopicPartition(topic, lane), new() { Value = Encoding.UTF8.GetBytes(Click(_clicks, lane)) }, Delivered);
            }
            await Task.Delay(TurnMilliseconds);
        }
    }

    private void Delivered(DeliveryReport<Null, byte[]> report)
    {
        if (report.Error.IsError) throw new InvalidOperationException($"A click was not taken: {report.Error.Reason}");
        _ends[report.Partition.Value] = Math.Max(_ends[report.Partition.Value], report.Offset.Value + 1);
    }

    private string Click(int number, int lane)
    {
        if (_random.Next(100) < 1) return "no event";
        var id = _random.Next(100) < 5 && number > 0 ? _random.Next(number) : number;
        return JsonSerializer.Serialize(new
        {
            id = $"e{id}",
            user = $"u{lane}-{_random.Next(UsersPerLane)}",
            type = _types[_random.Next(_types.Length)],
            at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() - (_random.Next(100) < 20 ? _random.Next(1_500) : 0),
            props = new { kind = _kinds[_random.Next(_kinds.Length)], price = _random.Next(50) },
        });
    }
}
