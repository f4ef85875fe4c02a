using System.Buffers;
using System.Text;
using System.Text.Json;

namespace StreamEngage.Host.Demo;

/// <summary>A snapshot as one JSON object on one line; latencies in milliseconds.</summary>
internal static class DemoJson
{
    public static string Of(string kind, DemoSnapshot now)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            json.WriteString("kind", kind);
            json.WriteNumber("elapsedMs", (long)now.Elapsed.TotalMilliseconds);
            json.WriteNumber("clock", now.Clock.UnixMilliseconds);
            WriteLines(json, now);
            WriteCandidates(json, now);
            Write(json, "latencyLastSecond", now.LatencyLastSecond);
            Write(json, "latency", now.Latency);
            json.WriteNumber("behindMs", (long)now.Behind.TotalMilliseconds);
            json.WriteNumber("memoryBytes", now.MemoryBytes);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static void WriteLines(Utf8JsonWriter json, DemoSnapshot now)
    {
        json.WriteNumber("lines", now.Lines.Taken);
        json.WriteNumber("linesLastSecond", now.LinesLastSecond);
        json.WriteNumber("applied", now.Lines.Applied);
        json.WriteNumber("duplicates", now.Lines.Duplicates);
        json.WriteNumber("collisions", now.Lines.Collisions);
        json.WriteNumber("late", now.Lines.Late);
        json.WriteNumber("waiting", now.Lines.Waiting);
        Write(json, "quarantined", now.Lines.Refused);
        json.WriteNumber("users", now.Users);
    }

    private static void WriteCandidates(Utf8JsonWriter json, DemoSnapshot now)
    {
        json.WriteNumber("candidates", now.Candidates);
        json.WriteNumber("sent", now.Sent);
        json.WriteNumber("suppressed", now.Suppressed);
        json.WriteNumber("held", now.Held);
        json.WriteNumber("cancels", now.Cancels);
        json.WriteBoolean("balanced", now.IsBalanced);
        Write(json, "sentByTrigger", now.Triggers.Select(trigger => new NamedCount(trigger.Name, trigger.Sent)));
        Write(json, "suppressedByReason", now.Reasons);
    }

    private static void Write(Utf8JsonWriter json, string name, IEnumerable<NamedCount> counts)
    {
        json.WriteStartObject(name);
        foreach (var count in counts) json.WriteNumber(count.Name, count.Count);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, in LatencyFigures figures)
    {
        json.WriteStartObject(name);
        json.WriteNumber("p50", Milliseconds(figures.P50));
        json.WriteNumber("p90", Milliseconds(figures.P90));
        json.WriteNumber("p99", Milliseconds(figures.P99));
        json.WriteNumber("p999", Milliseconds(figures.P999));
        json.WriteNumber("max", Milliseconds(figures.Max));
        json.WriteEndObject();
    }

    private static double Milliseconds(TimeSpan time) => Math.Round(time.TotalMilliseconds, 3);
}
