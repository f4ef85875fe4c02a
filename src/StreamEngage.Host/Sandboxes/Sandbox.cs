using System.Buffers.Text;
using Confluent.Kafka;
using StreamEngage.Host.Demo;
using StreamEngage.Host.Serving;
using StreamEngage.Host.Serving.Settings;
using StreamEngage.Kafka;

namespace StreamEngage.Host.Sandboxes;

/// <summary>
/// The production path on one machine: librdkafka's mock cluster in this process, a redis-server beside it, the engine as <c>serve</c> runs it,
/// generated clickstream in and prompts out. For looking at, not for keeping: all of it goes when it ends.
/// </summary>
internal sealed class Sandbox(SandboxSettings settings, TextWriter output)
{
    private const int Lanes = 4;

    // At this many nobody visits more than a person does.
    private const int UsersPerClick = 1_000;

    private static readonly TimeSpan _rateMeasured = TimeSpan.FromMinutes(30);

    public async Task<bool> RunAsync(
        ServedRulebook rulebook, ServeSettings served, MockCluster cluster, Action<Steps.Observe.Notice> notice, CancellationToken stop)
    {
        foreach (var topic in TopicPlan.Named(served.Kafka, rulebook.PromptTopics)) cluster.CreateTopic(topic.Name, Lanes);
        using var parts = new EngineParts(served, rulebook, TimeProvider.System) { Notice = notice, KafkaSaid = _ => { } };
        var check = await Composition.CheckAsync(served, rulebook, parts.Time, stop);
        foreach (var problem in check.Problems) output.WriteLine(problem);
        if (check.Problems.Count > 0) return false;
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stop);
        if (settings.Duration is { } duration) ending.CancelAfter(duration);
        var counts = new SandboxCounts();
        Task[] working =
        [
            Composition.Engine(parts, check.Lanes)(ending.Token), ClickAsync(served.Kafka, counts, ending.Token),
            ShowAsync(served.Kafka, rulebook.PromptTopics, counts, ending.Token),
        ];
        // None ends before it is told to but by a failure, which the others must not hide by going on.
        await Task.WhenAny(working);
        await ending.CancelAsync();
        await Task.WhenAll(working);
        output.WriteLine($"sandbox: {counts.Clicks} events in, {counts.Prompts} prompts out");
        return true;
    }

    private async Task ClickAsync(KafkaSettings kafka, SandboxCounts counts, CancellationToken stop)
    {
        var demo = new DemoSettings
        {
            Rate = settings.Rate,
            Speed = 1,
            Users = settings.Rate * UsersPerClick,
            // What the rate is measured over: later in the day they click as they like.
            Duration = _rateMeasured,
        };
        // The shop's day begins when people are awake; what they do then is done now.
        var shift = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds() - demo.Start.UnixMilliseconds;
        if (Demo.ShopTraffic.Of(demo) is not { } shop) throw new InvalidOperationException($"--rate {settings.Rate} is more than the shop's users can click.");
        var lines = new DueLines(shop, demo);
        var config = new ProducerConfig { BootstrapServers = kafka.Brokers, LingerMs = 2, Partitioner = Partitioner.Murmur2Random };
        using var producer = new ProducerBuilder<byte[], byte[]>(config).Build();
        var began = TimeProvider.System.GetTimestamp();
        while (!stop.IsCancellationRequested)
        {
            for (; lines.Due <= TimeProvider.System.GetElapsedTime(began); counts.Clicks++)
            {
                var line = lines.Take().ToArray();
                Shift(line, shift);
                producer.Produce(kafka.Topics[0], new() { Key = UserOf(line), Value = line });
            }
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        producer.Flush(CancellationToken.None);
    }

    /// <summary>What a service that delivers prompts would get, a line each.</summary>
    private async Task ShowAsync(KafkaSettings kafka, IReadOnlyList<string> topics, SandboxCounts counts, CancellationToken stop)
    {
        using var consumer = new ConsumerBuilder<Ignore, byte[]>(new ConsumerConfig
        {
            BootstrapServers = kafka.Brokers,
            GroupId = "sandbox",
            AutoOffsetReset = AutoOffsetReset.Earliest,
            IsolationLevel = IsolationLevel.ReadCommitted,
            FetchWaitMaxMs = 5,
        }).Build();
        consumer.Assign(topics.SelectMany(topic => Enumerable.Range(0, Lanes).Select(lane => new TopicPartitionOffset(topic, lane, Offset.Beginning))));
        while (!stop.IsCancellationRequested)
        {
            while (consumer.Consume(TimeSpan.Zero) is { } prompt)
            {
                counts.Prompts++;
                output.WriteLine($"{prompt.Topic} {System.Text.Encoding.UTF8.GetString(prompt.Message.Value)}");
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        consumer.Close();
    }

    /// <summary>Moves the milliseconds behind <c>"at":</c>, which have as many digits before and after; a line without them stays.</summary>
    private static void Shift(Span<byte> line, long milliseconds)
    {
        var at = line.IndexOf("\"at\":1"u8);
        if (at < 0 || !Utf8Parser.TryParse(line[(at + 5)..], out long time, out var digits)) return;
        Utf8Formatter.TryFormat(time + milliseconds, line[(at + 5)..], out var written);
        if (written != digits) throw new InvalidOperationException("The shift changes the length of a time.");
    }

    /// <summary>The key that deals users out to lanes: what stands behind <c>"user":</c>; of a line that has none, nothing.</summary>
    private static byte[] UserOf(ReadOnlySpan<byte> line)
    {
        var at = line.IndexOf("\"user\":\""u8);
        if (at < 0) return [];
        var rest = line[(at + 8)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0 ? [] : rest[..end].ToArray();
    }
}

/// <summary>What the sandbox is to do.</summary>
/// <param name="Rate">Events a second.</param>
/// <param name="Duration">How long; null: until it is stopped.</param>
internal sealed record SandboxSettings(int Rate, TimeSpan? Duration);

/// <summary>What went in and what came out.</summary>
internal sealed class SandboxCounts
{
    public long Clicks { get; set; }

    public long Prompts { get; set; }
}
