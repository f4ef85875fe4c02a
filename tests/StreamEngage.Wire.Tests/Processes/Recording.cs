using System.Text;
using System.Text.Json;
using Confluent.Kafka;
using StreamEngage.Host.Feeds;

namespace StreamEngage.Processes;

/// <summary>A recorded stream: what the verb <c>run</c> makes of it from a file, and what the engine is given of it in a topic.</summary>
internal sealed class Recording(IReadOnlyList<string> lines)
{
    public IReadOnlyList<string> Lines => lines;

    public static Recording OfFile(string file) => new(File.ReadAllLines(file));

    /// <summary>Rows of a table as the events that a mapping makes of them; what it refuses is left out.</summary>
    public static Recording OfRows(string file, string mapping)
    {
        Assert.True(EventInput.TryOpen(file, mapping, out var input, out var error), error);
        var lines = new List<string>();
        using (input)
            while (input.TryReadNext(out var row, out _))
                if (row.Fault is null) lines.Add(Encoding.UTF8.GetString(row.Event.Span));
        return new(lines);
    }

    /// <summary>With a last event for every lane, by nobody else, at the end of all: it brings each lane's clock there.</summary>
    public Recording Closed(int lanes)
    {
        var end = lines.Max(At);
        var closers = Enumerable.Range(0, 100 * lanes).Select(number => $"closer-{number}").DistinctBy(user => LaneOf(user, lanes)).ToList();
        Assert.Equal(lanes, closers.Count);
        return new([.. lines, .. closers.Select(user => JsonSerializer.Serialize(new { id = user, user, type = "closing", at = end }))]);
    }

    /// <summary>Puts every line into its user's lane. Where each ends.</summary>
    public IReadOnlyList<long> Play(Kafka.TestCluster cluster, int lanes)
    {
        var config = new ProducerConfig { BootstrapServers = cluster.Settings.Brokers, CompressionType = CompressionType.Lz4, LingerMs = 5 };
        using var producer = new ProducerBuilder<Null, byte[]>(config).SetLogHandler((_, _) => { }).Build();
        var ends = new long[lanes];
        foreach (var line in lines)
        {
            var lane = LaneOf(UserOf(line), lanes);
            producer.Produce(new TopicPartition(cluster.Settings.Topics[0], lane), new() { Value = Encoding.UTF8.GetBytes(line) }, MustBeTaken);
            ends[lane]++;
        }
        Assert.Equal(0, producer.Flush(TimeSpan.FromSeconds(60)));
        return ends;
    }

    /// <summary>The prompts that <c>run --no-drain</c> makes of the stream, or of the table it came from.</summary>
    public static async Task<List<string>> RunAsync(Deployment deployment, string events, string? mapping = null)
    {
        var prompts = deployment["run.ndjson"];
        string[] map = mapping is null ? [] : ["--map", mapping];
        using var run = ServedProcess.Start(null,
            ["run", "--rules", deployment.Rules, "--events", events, "--prompts", prompts, "--no-drain", "--ingest-time", "none", .. map]);
        Assert.True(await run.EndAsync(TimeSpan.FromSeconds(120)) is 0 or 1, run.Log);
        return [.. File.ReadLines(prompts)];
    }

    private static void MustBeTaken(DeliveryReport<Null, byte[]> report)
    {
        if (report.Error.IsError) throw new InvalidOperationException($"A line was not taken: {report.Error.Reason}");
    }

    private static long At(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("at").GetInt64();
    }

    private static string UserOf(string line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("user").GetString()!;
    }

    // Any function of the user will do, as long as it is the same in every run.
    private static int LaneOf(string user, int lanes) =>
        (int)(Encoding.UTF8.GetBytes(user).Aggregate(0L, (sum, next) => (sum * 31 + next) % 1_000_003) % lanes);
}
